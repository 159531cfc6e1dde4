import java.security.Key;
import java.security.PrivateKey;
import java.util.Map;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cms.CMSAuthEnvelopedData;
import org.bouncycastle.cms.CMSEnvelopedData;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.RecipientInformationStore;
import org.bouncycastle.cms.RecipientOperator;
import org.bouncycastle.cms.jcajce.JceKeyTransAuthEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientId;
import org.bouncycastle.util.Arrays;

/** The outside of a message opened: EnvelopedData (profile C), AuthEnvelopedData with and without attributes (A, B). */
final class Opening {
    private Opening() {}

    static Map<String, byte[]> enveloped(Job job) throws Exception {
        CMSEnvelopedData message = new CMSEnvelopedData(job.only("message"));
        RecipientInformation recipient = ours(message.getRecipientInfos(), job);
        return Map.of("content", recipient.getContent(new JceKeyTransEnvelopedRecipient(Certificates.key(job.only("key")))));
    }

    static Map<String, byte[]> authenticated(Job job) throws Exception {
        CMSAuthEnvelopedData message = new CMSAuthEnvelopedData(job.only("message"));
        RecipientInformation recipient = ours(message.getRecipientInfos(), job);
        AttributeTable attributes = message.getAuthAttrs();
        PrivateKey key = Certificates.key(job.only("key"));
        if (attributes == null) {
            return Map.of("content", recipient.getContent(new JceKeyTransAuthEnvelopedRecipient(key)));
        }
        byte[] context = value(attributes, Bound.CONTEXT);
        byte[] content = recipient.getContent(new Committed(key, context, value(attributes, Bound.COMMITMENT)));
        return Map.of("content", content, "context", context);
    }

    static byte[] value(AttributeTable attributes, org.bouncycastle.asn1.ASN1ObjectIdentifier kind) {
        return ASN1OctetString.getInstance(attributes.get(kind).getAttrValues().getObjectAt(0)).getOctets();
    }

    private static RecipientInformation ours(RecipientInformationStore all, Job job) throws Exception {
        RecipientInformation found =
                all.get(new JceKeyTransRecipientId(Certificates.certificate(job.only("certificate"))));
        if (found == null) {
            throw new SecurityException("sealed for somebody else");
        }
        return found;
    }

    /** Opens only when the key is the one the message commits to. */
    private static final class Committed extends JceKeyTransAuthEnvelopedRecipient {
        private final byte[] context;
        private final byte[] commitment;

        Committed(PrivateKey key, byte[] context, byte[] commitment) {
            super(key);
            this.context = context;
            this.commitment = commitment;
        }

        @Override
        public RecipientOperator getRecipientOperator(AlgorithmIdentifier wrap, AlgorithmIdentifier cipher, byte[] wrapped)
                throws CMSException {
            Key key = extractSecretKey(wrap, cipher, wrapped);
            if (!Arrays.constantTimeAreEqual(commitment, Bound.commitment(key.getEncoded(), context))) {
                throw new CMSException("made with another key or for another context");
            }
            return super.getRecipientOperator(wrap, cipher, wrapped);
        }
    }
}
