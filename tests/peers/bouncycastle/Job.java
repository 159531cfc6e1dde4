import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One piece of work: {@code verb name=base64 name=base64} in a line; a name may come more than once. */
final class Job {
    final String verb;
    private final Map<String, List<byte[]>> values = new LinkedHashMap<>();

    private Job(String verb) {
        this.verb = verb;
    }

    static Job ofLine(String line) {
        String[] words = line.split(" ");
        Job job = new Job(words[0]);
        for (int at = 1; at < words.length; at++) {
            String[] pair = words[at].split("=", 2);
            job.add(pair[0], Base64.getDecoder().decode(pair[1]));
        }
        return job;
    }

    /** The same from a command line: {@code verb name=file name=file}. */
    static Job ofFiles(String verb, List<String> words) throws IOException {
        Job job = new Job(verb);
        for (String word : words) {
            String[] pair = word.split("=", 2);
            job.add(pair[0], Files.readAllBytes(Path.of(pair[1])));
        }
        return job;
    }

    private void add(String name, byte[] value) {
        values.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
    }

    byte[] only(String name) {
        return values.get(name).get(0);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    List<byte[]> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** The answer's line: {@code ok} and what came out. */
    static String answer(Map<String, byte[]> found) {
        StringBuilder line = new StringBuilder("ok");
        found.forEach((name, value) ->
                line.append(' ').append(name).append('=').append(Base64.getEncoder().encodeToString(value)));
        return line.toString();
    }

    static String refusal(Throwable why) {
        return "refused why=" + Base64.getEncoder().encodeToString(why.toString().getBytes());
    }
}
