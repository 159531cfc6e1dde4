import java.nio.charset.StandardCharsets;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/** How a message is bound to its context, written again from docs/reference/envelope.md. */
final class Bound {
    static final ASN1ObjectIdentifier CONTEXT =
            new ASN1ObjectIdentifier("2.25.2050534188572417534261133179810620287.1.1");
    static final ASN1ObjectIdentifier COMMITMENT =
            new ASN1ObjectIdentifier("2.25.2050534188572417534261133179810620287.1.2");
    private static final byte[] LABEL = "padkit envelope key commitment v1\0".getBytes(StandardCharsets.US_ASCII);

    private Bound() {}

    static Attribute attribute(ASN1ObjectIdentifier kind, byte[] value) {
        return new Attribute(kind, new DERSet(new DEROctetString(value)));
    }

    static byte[] commitment(byte[] key, byte[] context) {
        HMac mac = new HMac(new SM3Digest());
        mac.init(new KeyParameter(key));
        mac.update(LABEL, 0, LABEL.length);
        mac.update(context, 0, context.length);
        byte[] value = new byte[mac.getMacSize()];
        mac.doFinal(value, 0);
        return value;
    }
}
