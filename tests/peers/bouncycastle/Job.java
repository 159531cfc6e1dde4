import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One line of work: {@code verb name=base64 name=base64}; a name may come more than once. */
final class Job {
    final String verb;
    private final Map<String, List<byte[]>> values = new LinkedHashMap<>();

    Job(String line) {
        String[] words = line.split(" ");
        verb = words[0];
        for (int at = 1; at < words.length; at++) {
            String[] pair = words[at].split("=", 2);
            values.computeIfAbsent(pair[0], name -> new ArrayList<>()).add(Base64.getDecoder().decode(pair[1]));
        }
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
