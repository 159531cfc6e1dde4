import java.security.Provider;
import java.util.List;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.jcajce.provider.symmetric.util.BaseBlockCipher;

/**
 * What Bouncy Castle 1.72 lacks to read national messages by itself: SM4-CBC and SM4-GCM under their object identifiers, and
 * SM2 ciphertexts in the DER form of GM/T 0009.
 */
public final class GmProvider extends Provider {
    static final String SM4_CBC = "1.2.156.10197.1.104.2";
    static final String SM4_GCM = "1.2.156.10197.1.104.8";
    static final String SM2_ENCRYPTION = "1.2.156.10197.1.301.3";
    private static final String SYMMETRIC = "org.bouncycastle.jcajce.provider.symmetric.";

    public GmProvider() {
        super("GM", "1", "SM4 and SM2 under the identifiers of GM/T 0006");
        put("Cipher." + SM4_CBC, Sm4Cbc.class.getName());
        put("AlgorithmParameters." + SM4_CBC, SYMMETRIC + "SM4$AlgParams");
        put("AlgorithmParameterGenerator." + SM4_CBC, SYMMETRIC + "SM4$AlgParamGen");
        put("Cipher." + SM4_GCM, Sm4Gcm.class.getName());
        put("AlgorithmParameters." + SM4_GCM, SYMMETRIC + "AES$AlgParamsGCM");
        put("AlgorithmParameterGenerator." + SM4_GCM, SYMMETRIC + "AES$AlgParamGenGCM");
        for (String mode : List.of(SM4_CBC, SM4_GCM)) {
            put("KeyGenerator." + mode, SYMMETRIC + "SM4$KeyGen");
        }
        for (String key : List.of(SM2_ENCRYPTION, "1.2.156.10197.1.301", "1.2.840.10045.2.1")) {
            put("Cipher." + key, Sm2Cipher.class.getName());
        }
    }

    public static final class Sm4Cbc extends BaseBlockCipher {
        public Sm4Cbc() {
            super(new CBCBlockCipher(new SM4Engine()), 128);
        }
    }

    public static final class Sm4Gcm extends BaseBlockCipher {
        public Sm4Gcm() {
            super(new GCMBlockCipher(new SM4Engine()));
        }
    }
}
