// Lets only those with a pass through. While Doorward does not answer, nobody.
package shop;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

class DoorwardGate extends OncePerRequestFilter {
  private final Doorward door;
  private final String room;

  DoorwardGate(Doorward door, String room) {
    this.door = door;
    this.room = room;
  }

  @Override
  protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Doorward.Verdict verdict;
    try {
      var pass = pass(request);
      verdict = pass == null || pass.isEmpty() ? null : door.verify(pass, room);
    } catch (IOException error) {
      response.setHeader("Retry-After", "1");
      response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
      return;
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
      response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
      return;
    }
    if (verdict == null || !verdict.valid()) {
      response.sendError(HttpServletResponse.SC_FORBIDDEN);
      return;
    }
    request.setAttribute("doorward", verdict);
    chain.doFilter(request, response);
  }

  // Of a tenant's room the cookie is "doorward_pass_TENANT~ROOM".
  private String pass(HttpServletRequest request) {
    var asked = request.getParameter("pass");
    if (asked != null) return asked;
    var cookies = request.getCookies() == null ? new Cookie[0] : request.getCookies();
    for (var cookie : cookies)
      if (cookie.getName().equals("doorward_pass_" + room) || cookie.getName().equals("__Host-doorward_pass_" + room))
        return cookie.getValue();
    return null;
  }
}
