import java.io.ByteArrayInputStream;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/** Certificates, revocation lists and requests as PKIX asks, by Bouncy Castle alone. */
final class Certificates {
    private Certificates() {}

    static X509Certificate certificate(byte[] der) throws Exception {
        return (X509Certificate) factory().generateCertificate(new ByteArrayInputStream(der));
    }

    static PrivateKey key(byte[] pkcs8) throws Exception {
        return KeyFactory.getInstance("EC", "BC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    /** Validate {@code path} (leaf first) up to {@code root} at {@code now} (ms); with lists, revocation is checked. */
    static Map<String, byte[]> chain(Job job) throws Exception {
        List<X509Certificate> path = new ArrayList<>();
        for (byte[] der : job.all("path")) {
            path.add(certificate(der));
        }
        List<X509CRL> lists = new ArrayList<>();
        for (byte[] der : job.all("crl")) {
            lists.add((X509CRL) factory().generateCRL(new ByteArrayInputStream(der)));
        }
        validate(path, certificate(job.only("root")), lists, now(job));
        return Map.of("algorithm", path.get(0).getSigAlgOID().getBytes());
    }

    static void validate(List<X509Certificate> path, X509Certificate root, List<X509CRL> lists, Date now)
            throws Exception {
        PKIXParameters rules = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
        rules.setDate(now);
        rules.setRevocationEnabled(!lists.isEmpty());
        rules.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
        CertPathValidator.getInstance("PKIX", "BC").validate(factory().generateCertPath(path), rules);
    }

    /** The moment to judge at: {@code now} (ms since 1970), or the present. */
    static Date now(Job job) {
        return job.has("now") ? new Date(Long.parseLong(new String(job.only("now")))) : new Date();
    }

    /** Check that a request is signed by the key it asks for. */
    static Map<String, byte[]> request(Job job) throws Exception {
        PKCS10CertificationRequest request = new PKCS10CertificationRequest(job.only("request"));
        JcaContentVerifierProviderBuilder verifiers = new JcaContentVerifierProviderBuilder().setProvider("BC");
        if (!request.isSignatureValid(verifiers.build(request.getSubjectPublicKeyInfo()))) {
            throw new SecurityException("not signed by the key it asks for");
        }
        return Map.of("subject", request.getSubject().toString().getBytes());
    }

    private static CertificateFactory factory() throws Exception {
        return CertificateFactory.getInstance("X.509", "BC");
    }
}
