import java.util.Map;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cms.CMSAuthEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.operator.OutputEncryptor;

/** Messages made for us: EnvelopedData with SM4-CBC, AuthEnvelopedData with SM4-GCM, bound to a context when there is one. */
final class Sealing {
    private static final int KEY_BITS = 128;

    private Sealing() {}

    static Map<String, byte[]> enveloped(Job job) throws Exception {
        CMSEnvelopedDataGenerator generator = new CMSEnvelopedDataGenerator();
        generator.addRecipientInfoGenerator(recipient(job));
        ASN1ObjectIdentifier cipher = new ASN1ObjectIdentifier(GmProvider.SM4_CBC);
        OutputEncryptor encryptor = new JceCMSContentEncryptorBuilder(cipher, KEY_BITS).build();
        return Map.of("message", generator
                .generate(new CMSProcessableByteArray(job.only("content")), encryptor)
                .toASN1Structure()
                .getEncoded("DER"));
    }

    static Map<String, byte[]> authenticated(Job job) throws Exception {
        Sm4GcmEncryptor encryptor = new Sm4GcmEncryptor();
        CMSAuthEnvelopedDataGenerator generator = new CMSAuthEnvelopedDataGenerator();
        generator.addRecipientInfoGenerator(recipient(job));
        if (job.has("context")) {
            byte[] key = (byte[]) encryptor.getKey().getRepresentation();
            generator.setAuthenticatedAttributeGenerator(known -> attributes(key, job.only("context")));
        }
        return Map.of("message", generator
                .generate(new CMSProcessableByteArray(job.only("content")), encryptor)
                .toASN1Structure()
                .getEncoded("DER"));
    }

    private static AttributeTable attributes(byte[] key, byte[] context) {
        ASN1EncodableVector all = new ASN1EncodableVector();
        all.add(new Attribute(CMSAttributes.contentType, new DERSet(CMSObjectIdentifiers.data)));
        all.add(Bound.attribute(Bound.COMMITMENT, Bound.commitment(key, context)));
        all.add(Bound.attribute(Bound.CONTEXT, context));
        return new AttributeTable(all);
    }

    private static JceKeyTransRecipientInfoGenerator recipient(Job job) throws Exception {
        AlgorithmIdentifier wrap = new AlgorithmIdentifier(new ASN1ObjectIdentifier(GmProvider.SM2_ENCRYPTION));
        return new JceKeyTransRecipientInfoGenerator(Certificates.certificate(job.only("certificate")), wrap);
    }
}
