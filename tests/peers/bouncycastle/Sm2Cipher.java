import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.SM2Engine;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.jcajce.provider.asymmetric.util.ECUtil;
import org.bouncycastle.util.BigIntegers;

/** SM2 encryption of keys, as SEQUENCE { x, y, C3, C2 } (GM/T 0009) around Bouncy Castle's raw 04, x, y, C3, C2. */
public final class Sm2Cipher extends CipherSpi {
    private static final int FIELD = 32;
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private AsymmetricKeyParameter key;
    private boolean encrypts;

    private byte[] run(byte[] input) throws BadPaddingException {
        SM2Engine engine = new SM2Engine(SM2Engine.Mode.C1C3C2);
        try {
            if (encrypts) {
                engine.init(true, new ParametersWithRandom(key, new SecureRandom()));
                return toDer(engine.processBlock(input, 0, input.length));
            }
            engine.init(false, key);
            byte[] raw = toRaw(input);
            return engine.processBlock(raw, 0, raw.length);
        } catch (InvalidCipherTextException | IOException | IllegalArgumentException wrong) {
            throw (BadPaddingException) new BadPaddingException("SM2 ciphertext refused").initCause(wrong);
        }
    }

    private static byte[] toDer(byte[] raw) throws IOException {
        int c3 = 1 + 2 * FIELD;
        ASN1EncodableVector parts = new ASN1EncodableVector();
        parts.add(new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(raw, 1, 1 + FIELD))));
        parts.add(new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(raw, 1 + FIELD, c3))));
        parts.add(new DEROctetString(Arrays.copyOfRange(raw, c3, c3 + FIELD)));
        parts.add(new DEROctetString(Arrays.copyOfRange(raw, c3 + FIELD, raw.length)));
        return new DERSequence(parts).getEncoded();
    }

    private static byte[] toRaw(byte[] der) throws IOException {
        ASN1Sequence parts = ASN1Sequence.getInstance(der);
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        raw.write(4);
        for (int at = 0; at < 2; at++) {
            raw.write(BigIntegers.asUnsignedByteArray(FIELD, ASN1Integer.getInstance(parts.getObjectAt(at)).getValue()));
        }
        for (int at = 2; at < 4; at++) {
            raw.write(ASN1OctetString.getInstance(parts.getObjectAt(at)).getOctets());
        }
        return raw.toByteArray();
    }

    @Override
    protected void engineInit(int mode, Key given, SecureRandom random) throws InvalidKeyException {
        encrypts = mode == Cipher.ENCRYPT_MODE || mode == Cipher.WRAP_MODE;
        key = given instanceof PublicKey
                ? ECUtil.generatePublicKeyParameter((PublicKey) given)
                : ECUtil.generatePrivateKeyParameter((PrivateKey) given);
        taken.reset();
    }

    @Override
    protected void engineInit(int mode, Key given, AlgorithmParameterSpec spec, SecureRandom random)
            throws InvalidKeyException {
        engineInit(mode, given, random);
    }

    @Override
    protected void engineInit(int mode, Key given, AlgorithmParameters parameters, SecureRandom random)
            throws InvalidKeyException {
        engineInit(mode, given, random);
    }

    @Override
    protected byte[] engineUpdate(byte[] input, int from, int size) {
        taken.write(input, from, size);
        return new byte[0];
    }

    @Override
    protected int engineUpdate(byte[] input, int from, int size, byte[] output, int to) {
        taken.write(input, from, size);
        return 0;
    }

    @Override
    protected byte[] engineDoFinal(byte[] input, int from, int size) throws BadPaddingException {
        if (size > 0) {
            taken.write(input, from, size);
        }
        byte[] all = taken.toByteArray();
        taken.reset();
        return run(all);
    }

    @Override
    protected int engineDoFinal(byte[] input, int from, int size, byte[] output, int to) throws BadPaddingException {
        byte[] result = engineDoFinal(input, from, size);
        System.arraycopy(result, 0, output, to, result.length);
        return result.length;
    }

    @Override
    protected byte[] engineWrap(Key wrapped) throws InvalidKeyException {
        try {
            return run(wrapped.getEncoded());
        } catch (BadPaddingException wrong) {
            throw new InvalidKeyException(wrong);
        }
    }

    @Override
    protected Key engineUnwrap(byte[] wrapped, String algorithm, int kind) throws InvalidKeyException {
        try {
            return new SecretKeySpec(run(wrapped), algorithm);
        } catch (BadPaddingException wrong) {
            throw new InvalidKeyException(wrong);
        }
    }

    @Override
    protected void engineSetMode(String mode) {}

    @Override
    protected void engineSetPadding(String padding) {}

    @Override
    protected int engineGetBlockSize() {
        return 0;
    }

    @Override
    protected int engineGetOutputSize(int size) {
        return size + 200;
    }

    @Override
    protected byte[] engineGetIV() {
        return null;
    }

    @Override
    protected AlgorithmParameters engineGetParameters() {
        return null;
    }
}
