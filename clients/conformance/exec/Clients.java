import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** Asks each address that it is given by both of Java's clients, and prints what came of it. It knows of no mock. */
class Clients {
    interface Client {
        Object[] ask(String url) throws Exception;
    }

    public static void main(String[] urls) {
        for (String url : urls) {
            tell("HttpClient", url, Clients::byHttpClient);
            tell("HttpURLConnection", url, Clients::byConnection);
        }
    }

    static Object[] byHttpClient(String url) throws Exception {
        var answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
        return new Object[] {answer.statusCode(), answer.body()};
    }

    static Object[] byConnection(String url) throws IOException {
        var connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
        int status = connection.getResponseCode();
        var body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
        return new Object[] {status, body == null ? "" : new String(body.readAllBytes())};
    }

    static void tell(String name, String url, Client client) {
        Object[] told;
        try {
            told = client.ask(url);
        } catch (Exception error) {
            told = new Object[] {0, error.toString()};
        }
        String line = "{\"client\": %s, \"url\": %s, \"status\": %s, \"body\": %s}";
        System.out.println(String.format(line, text(name), text(url), told[0], text(told[1].toString())));
    }

    static String text(String text) {
        var quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') quoted.append('\\').append(c);
            else if (c < ' ') quoted.append(String.format("\\u%04x", (int) c));
            else quoted.append(c);
        }
        return quoted.append('"').toString();
    }
}
