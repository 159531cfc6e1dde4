import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cms.CMSAttributeTableGenerator;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/** SignedData verified with its chain, and made: with {@code plain} without attributes, with {@code ber} as streams write it. */
final class Signing {
    private Signing() {}

    static Map<String, byte[]> verify(Job job) throws Exception {
        CMSSignedData message = new CMSSignedData(job.only("message"));
        SignerInformation signer = message.getSignerInfos().getSigners().iterator().next();
        X509Certificate certificate = Certificates.certificate(held(message, signer).getEncoded());
        List<X509Certificate> path = new ArrayList<>(List.of(certificate));
        for (byte[] der : job.all("authority")) {
            path.add(Certificates.certificate(der));
        }
        Certificates.validate(path, Certificates.certificate(job.only("root")), List.of(), Certificates.now(job));
        if (!signer.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(certificate))) {
            throw new SecurityException("the signature is not the certificate's");
        }
        Map<String, byte[]> found = new HashMap<>();
        found.put("content", (byte[]) message.getSignedContent().getContent());
        found.put("signer", certificate.getSubjectX500Principal().getName().getBytes());
        AttributeTable attributes = signer.getSignedAttributes();
        if (attributes != null && attributes.get(Bound.CONTEXT) != null) {
            found.put("context", Opening.value(attributes, Bound.CONTEXT));
        }
        return found;
    }

    @SuppressWarnings("unchecked") // SignerId is a Selector of nothing in particular
    private static X509CertificateHolder held(CMSSignedData message, SignerInformation signer) {
        return (X509CertificateHolder) message.getCertificates().getMatches(signer.getSID()).iterator().next();
    }

    static Map<String, byte[]> sign(Job job) throws Exception {
        X509Certificate certificate = Certificates.certificate(job.only("certificate"));
        ContentSigner key =
                new JcaContentSignerBuilder("SM3WITHSM2").setProvider("BC").build(Certificates.key(job.only("key")));
        JcaSignerInfoGeneratorBuilder signer = new JcaSignerInfoGeneratorBuilder(
                new JcaDigestCalculatorProviderBuilder().setProvider("BC").build());
        if (job.has("plain")) {
            signer.setDirectSignature(true);
        } else {
            signer.setSignedAttributeGenerator(attributes(job));
        }
        CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
        generator.addSignerInfoGenerator(signer.build(key, certificate));
        generator.addCertificate(new JcaX509CertificateHolder(certificate));
        CMSSignedData message = generator.generate(new CMSProcessableByteArray(job.only("content")), true);
        return Map.of("message", message.toASN1Structure().getEncoded(job.has("ber") ? "BER" : "DER"));
    }

    /** contentType, signingTime, messageDigest and, when the job has one, our context. */
    private static CMSAttributeTableGenerator attributes(Job job) {
        Date now = Certificates.now(job);
        return known -> {
            ASN1EncodableVector all = new ASN1EncodableVector();
            ASN1ObjectIdentifier type = (ASN1ObjectIdentifier) known.get(CMSAttributeTableGenerator.CONTENT_TYPE);
            byte[] digest = (byte[]) known.get(CMSAttributeTableGenerator.DIGEST);
            all.add(new Attribute(CMSAttributes.contentType, new DERSet(type)));
            all.add(new Attribute(CMSAttributes.signingTime, new DERSet(new Time(now))));
            all.add(new Attribute(CMSAttributes.messageDigest, new DERSet(new DEROctetString(digest))));
            if (job.has("context")) {
                all.add(Bound.attribute(Bound.CONTEXT, job.only("context")));
            }
            return new AttributeTable(all);
        };
    }
}
