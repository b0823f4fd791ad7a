// A shop in Spring whose checkout only those with a pass reach.
package shop;

import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class Shop {
  private final Doorward door;

  Shop(@Value("${DOORWARD_URL}") String url, @Value("${DOORWARD_KEY}") String key) {
    door = new Doorward(url, key);
  }

  @Bean
  FilterRegistrationBean<DoorwardGate> gate() {
    var gate = new FilterRegistrationBean<>(new DoorwardGate(door, "sale"));
    gate.addUrlPatterns("/checkout", "/checkout/*");
    return gate;
  }

  @GetMapping("/health")
  Map<String, String> health() {
    return Map.of("status", "up");
  }

  @GetMapping("/checkout")
  Map<String, Object> cart(@RequestAttribute Doorward.Verdict doorward) {
    return Map.of("ticket", doorward.ticket());
  }

  @PostMapping("/checkout")
  Map<String, Object> buy(@RequestAttribute Doorward.Verdict doorward) throws Exception {
    door.finish(doorward.ticket()); // the next one gets in
    return Map.of("sold", true);
  }

  public static void main(String[] arguments) {
    SpringApplication.run(Shop.class, arguments);
  }
}
