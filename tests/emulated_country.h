// A small country out of network namespaces: a prober, the upstream that it sees the world through, and
// networks that answer for their prefixes. Everything in it stays in it: the namespaces have no link to the
// outside.
#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace nightjar::test {

// What becomes of a command line of the shell; its words go to `log`.
class Shell {
 public:
  explicit Shell(std::string log) : log_(std::move(log)) {}
  bool run(const std::string& command) const {
    return std::system(fmt::format("{{ {} ; }} >>'{}' 2>&1", command, log_).c_str()) == 0;
  }

 private:
  std::string log_;
};

class EmulatedCountry {
 public:
  struct Network {
    std::string name;    // one letter or two: part of an interface's name
    std::string prefix;  // that it answers for
    int hosts = 255;     // of each /24, those with a last octet of 1 to this answer
  };

  // The prober's address, and the upstream's two: what a prober may take as references.
  static constexpr std::string_view kProber = "9.9.0.1";
  static constexpr std::string_view kUpstream = "9.9.0.2";
  static constexpr std::string_view kLandmark = "9.9.9.9";

  EmulatedCountry(std::string log, std::vector<Network> networks)
      : shell_(std::move(log)), networks_(std::move(networks)), stem_(fmt::format("nj{}", getpid())) {}
  ~EmulatedCountry() {
    for (const Network& network : networks_) shell_.run("ip netns del " + space(network.name));
    for (const char* name : {"probe", "up"}) shell_.run("ip netns del " + space(name));
  }
  EmulatedCountry(const EmulatedCountry&) = delete;
  EmulatedCountry& operator=(const EmulatedCountry&) = delete;

  // Whether this machine lets us have namespaces, filters and devices at all.
  bool possible() const {
    const std::string name = space("try");
    const bool made = shell_.run(fmt::format(
        "ip netns add {0} && ip netns exec {0} nft add table ip t && ip -n {0} tuntap add try0 mode tun",
        name));
    shell_.run("ip netns del " + name);
    return made;
  }

  bool build() const {
    bool built = shell_.run(fmt::format(
        "ip netns add {0} && ip netns add {1} && ip link add up0 netns {0} type veth peer name probe0 netns "
        "{1} && "
        "ip -n {0} addr add {2}/30 dev up0 && ip -n {1} addr add {3}/30 dev probe0 && ip -n {0} link set lo "
        "up && "
        "ip -n {1} link set lo up && ip -n {1} link set probe0 up && ip -n {1} addr add {4}/32 dev lo && "
        "ip netns exec {1} sysctl -qw net.ipv4.ip_forward=1",
        space("probe"), space("up"), kProber, kUpstream, kLandmark));
    built = built && bringUp();
    for (size_t i = 0; i < networks_.size(); ++i) built = built && add(networks_[i], i);
    // What is cut, and by whom: sets of prefixes that the upstream drops, and that a network drops itself.
    built =
        built && in("up",
                    "nft add table ip cut && nft add set ip cut dark '{ type ipv4_addr; flags interval; }' "
                    "&& nft add chain ip cut way '{ type filter hook prerouting priority 0; }' && "
                    "nft add rule ip cut way ip daddr @dark drop");
    return built;
  }

  // A prefix behind a device of the upstream's.
  bool route(const std::string& prefix, const std::string& device) const {
    return shell_.run(fmt::format("ip -n {0} link set {1} up && ip -n {0} route add {2} dev {1}", space("up"),
                                  device, prefix));
  }
  // A command in one of the namespaces.
  bool in(const std::string& name, const std::string& command) const {
    return shell_.run(fmt::format("ip netns exec {} sh -c \"{}\"", space(name), command));
  }

  // The upstream drops what goes to `prefix`, or no longer.
  bool cut(const std::string& prefix) const {
    return in("up", "nft add element ip cut dark '{ " + prefix + " }'");
  }
  bool restore(const std::string& prefix) const {
    return in("up", "nft delete element ip cut dark '{ " + prefix + " }'");
  }
  // The upstream's far side is gone: it drops everything that the prober sends, to itself as well.
  bool cutUplink() const { return in("up", "nft insert rule ip cut way iifname probe0 drop"); }
  bool restoreUplink() const {
    return in("up", "nft flush chain ip cut way && nft add rule ip cut way ip daddr @dark drop");
  }
  // The prober's own interface.
  bool bringDown() const { return shell_.run(fmt::format("ip -n {} link set up0 down", space("probe"))); }
  bool bringUp() const {
    return shell_.run(fmt::format("ip -n {0} link set up0 up && ip -n {0} route replace default via {1}",
                                  space("probe"), kUpstream));
  }

  std::string space(const std::string& name) const { return stem_ + name; }
  const Shell& shell() const { return shell_; }

 private:
  bool add(const Network& network, size_t index) const {
    const std::string& name = network.name;
    const bool linked = shell_.run(fmt::format(
        "ip netns add {0} && ip link add {1}0 netns {0} type veth peer name to{1} netns {2} && "
        "ip -n {0} addr add 9.9.{3}.2/30 dev {1}0 && ip -n {2} addr add 9.9.{3}.1/30 dev to{1} && "
        "ip -n {0} link set lo up && ip -n {0} link set {1}0 up && ip -n {2} link set to{1} up && "
        "ip -n {0} route add default via 9.9.{3}.1 && ip -n {0} route add local {4} dev lo && "
        "ip -n {2} route add {4} via 9.9.{3}.2",
        space(name), name, space("up"), index + 1, network.prefix));
    // Those beyond `hosts` are silent, and so is what the network drops by itself.
    return linked &&
           in(name, fmt::format("nft add table ip h && nft add set ip h dark '{{ type ipv4_addr; flags "
                                "interval; }}' && nft add chain ip h in '{{ type filter hook input "
                                "priority 0; }}' && nft add rule ip h in ip daddr @dark drop && nft add "
                                "rule ip h in 'ip daddr & 0.0.0.255 > 0.0.0.{} drop'",
                                network.hosts));
  }

  Shell shell_;
  std::vector<Network> networks_;
  std::string stem_;
};

// A program that runs beside the test.
class Running {
 public:
  Running() = default;
  // `arguments` begin with the program, looked up in PATH; its output goes to files.
  Running(const std::vector<std::string>& arguments, const std::string& out, const std::string& err) {
    std::vector<char*> argv;
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    child_ = fork();
    if (child_ != 0) return;
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600), STDERR_FILENO);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  ~Running() {
    if (child_ > 0) end(SIGKILL);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  // Sends the signal and waits; the exit status, or 128 and the signal's number.
  int end(int signal) {
    kill(child_, signal);
    int status = 0;
    waitpid(child_, &status, 0);
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t child_ = -1;
};

}  // namespace nightjar::test
