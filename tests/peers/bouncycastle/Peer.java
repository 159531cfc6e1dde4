import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.List;
import java.util.Map;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Bouncy Castle as somebody who shares no line with us: one job a line on stdin, one answer a line on stdout. By hand:
 * {@code Peer VERB FOLDER name=file name=file}, and each part of the answer becomes a file in FOLDER.
 */
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
        if (arguments.length > 1) {
            byHand(Job.ofFiles(arguments[0], List.of(arguments).subList(2, arguments.length)), Path.of(arguments[1]));
            return;
        }
        PrintStream out = new PrintStream(System.out, true, "US-ASCII");
        out.println("ready " + new BouncyCastleProvider().getVersionStr());
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, "US-ASCII"));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            out.println(answer(Job.ofLine(line)));
        }
    }

    private static void byHand(Job job, Path folder) throws Exception {
        Files.createDirectories(folder);
        for (Map.Entry<String, byte[]> part : WORK.get(job.verb).of(job).entrySet()) {
            Files.write(folder.resolve(part.getKey()), part.getValue());
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
