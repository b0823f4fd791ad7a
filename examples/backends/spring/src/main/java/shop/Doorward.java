// The two calls that a backend needs.
package shop;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

class Doorward {
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Verdict(boolean valid, String subject, String room, String ticket, String reason) {}

  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(2)).build();
  private final ObjectMapper json = new ObjectMapper();
  private final String base;
  private final String key;

  Doorward(String url, String key) {
    this.base = url + "/.doorward/v1";
    this.key = key;
  }

  Verdict verify(String pass, String room) throws IOException, InterruptedException {
    var body = json.writeValueAsString(Map.of("pass", pass, "room", room));
    var answer = send(request("/passes/verify").header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    return json.readValue(answer.body(), Verdict.class);
  }

  void finish(String ticket) throws IOException, InterruptedException {
    send(request("/sessions/" + ticket).DELETE());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(5)).header("X-API-Key", key);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    var answer = http.send(request.build(), BodyHandlers.ofString());
    if (answer.statusCode() >= 300) throw new IOException("Doorward answered " + answer.statusCode() + ": " + answer.body());
    return answer;
  }
}
