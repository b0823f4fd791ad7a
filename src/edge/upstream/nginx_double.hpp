// For tests: a real nginx behind us, in a folder of its own, on a port that nobody else can take.
//
// Why:     the test binds the port and hands the socket to nginx, as a new nginx binary inherits it
//          from the old one: there is no moment at which the port is free or not yet answered.
#pragma once

#include "edge/upstream/endpoint.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace doorward::edge {

class NginxDouble {
 public:
  // `locations` stands inside the server block.
  explicit NginxDouble(const std::string& locations) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "doorward-nginx-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    std::filesystem::create_directory(folder_ / "www");
    const int listener = listen_anywhere();
    std::ofstream(folder_ / "nginx.conf")
        << (geteuid() == 0 ? "user root;\n" : "")
        << "daemon off; worker_processes 1; pid nginx.pid; error_log nginx.log crit;\n"
        << "events {}\nhttp {\n access_log off; client_max_body_size 0;\n"
        << " client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fcgi;\n"
        << " uwsgi_temp_path uwsgi; scgi_temp_path scgi;\n"
        << " server { listen 127.0.0.1:" << endpoint_.port << "; root www;\n"
        << locations << "\n }\n}\n";
    start(listener);
    close(listener);
  }
  ~NginxDouble() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
    std::filesystem::remove_all(folder_);
  }
  NginxDouble(const NginxDouble&) = delete;
  NginxDouble& operator=(const NginxDouble&) = delete;

  const Endpoint& endpoint() const { return endpoint_; }
  std::filesystem::path root() const { return folder_ / "www"; }

 private:
  int listen_anywhere() {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener, 128), 0);
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    endpoint_ = {"127.0.0.1", ntohs(address.sin_port)};
    return listener;
  }
  void start(int listener) {
    const std::string prefix = folder_.string() + "/";
    const std::string inherited = "NGINX=" + std::to_string(listener) + ";";
    const char* arguments[] = {"nginx", "-p", prefix.c_str(), "-c", "nginx.conf", nullptr};
    const char* environment[] = {inherited.c_str(), nullptr};
    pid_ = fork();
    if (pid_ != 0) return;
    // Its notices are of no interest here.
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    execve("/usr/sbin/nginx", const_cast<char**>(arguments), const_cast<char**>(environment));
    _exit(127);
  }

  std::filesystem::path folder_;
  Endpoint endpoint_;
  pid_t pid_ = -1;
};

}  // namespace doorward::edge
