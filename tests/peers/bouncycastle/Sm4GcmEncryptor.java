import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.cms.GCMParameters;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.operator.GenericKey;
import org.bouncycastle.operator.OutputAEADEncryptor;

/** SM4-GCM for one message: Bouncy Castle 1.72 builds such encryptors for AES only. Content is held until the end. */
final class Sm4GcmEncryptor implements OutputAEADEncryptor {
    private static final int TAG = 16;
    private final byte[] key = new byte[16];
    private final byte[] nonce = new byte[12];
    private final ByteArrayOutputStream authenticated = new ByteArrayOutputStream();
    private byte[] tag;

    Sm4GcmEncryptor() {
        SecureRandom chance = new SecureRandom();
        chance.nextBytes(key);
        chance.nextBytes(nonce);
    }

    @Override
    public OutputStream getOutputStream(OutputStream to) {
        return new ByteArrayOutputStream() {
            @Override
            public void close() throws IOException {
                to.write(encrypted(toByteArray()));
            }
        };
    }

    private byte[] encrypted(byte[] content) throws IOException {
        GCMBlockCipher cipher = new GCMBlockCipher(new SM4Engine());
        cipher.init(true, new AEADParameters(new KeyParameter(key), 8 * TAG, nonce, authenticated.toByteArray()));
        byte[] all = new byte[cipher.getOutputSize(content.length)];
        try {
            cipher.doFinal(all, cipher.processBytes(content, 0, content.length, all, 0));
        } catch (InvalidCipherTextException wrong) {
            throw new IOException(wrong);
        }
        tag = Arrays.copyOfRange(all, content.length, all.length);
        return Arrays.copyOf(all, content.length);
    }

    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
        return new AlgorithmIdentifier(new ASN1ObjectIdentifier(GmProvider.SM4_GCM), new GCMParameters(nonce, TAG));
    }

    @Override
    public GenericKey getKey() {
        return new GenericKey(getAlgorithmIdentifier(), key);
    }

    @Override
    public OutputStream getAADStream() {
        return authenticated;
    }

    @Override
    public byte[] getMAC() {
        return tag;
    }
}
