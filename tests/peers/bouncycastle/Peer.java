import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.security.Security;
import java.util.Map;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Bouncy Castle as somebody who shares no line with us: one job a line on stdin, one answer a line on stdout. */
public final class Peer {
    private interface Work {
        Map<String, byte[]> of(Job job) throws Exception;
    }

    private static final Map<String, Work> WORK = Map.of(
            "open", Opening::enveloped,
            "open-authenticated", Opening::authenticated,
            "verify", Signing::verify,
            "sign", Signing::sign,
            "seal", Sealing::enveloped,
            "seal-authenticated", Sealing::authenticated,
            "chain", Certificates::chain,
            "request", Certificates::request);

    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        Security.addProvider(new GmProvider());
        PrintStream out = new PrintStream(System.out, true, "US-ASCII");
        out.println("ready " + new BouncyCastleProvider().getVersionStr());
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, "US-ASCII"));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            out.println(answer(new Job(line)));
        }
    }

    private static String answer(Job job) {
        try {
            return Job.answer(WORK.get(job.verb).of(job));
        } catch (Exception why) {
            return Job.refusal(why);
        }
    }
}
