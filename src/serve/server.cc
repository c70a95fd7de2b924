#include "serve/server.h"

#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <list>
#include <optional>
#include <utility>
#include <vector>

#include "serve/encoding.h"

namespace nightjar::serve {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using std::chrono::seconds;

// Nothing from elsewhere, no framing, no sniffing. A response may replace one of them by its own header.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSecurityHeaders = {{
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
     "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
}};

constexpr size_t kReadAtOnce = 4096;
constexpr size_t kMostPending = size_t{64} << 10;
// So that proxies keep an idle stream, and a client that is gone is noticed.
constexpr seconds kHeartbeat{25};
constexpr std::chrono::milliseconds kLaterPause{50};  // between two questions whether an answer is there
constexpr seconds kAcceptPause{1};                    // after the system ran out of descriptors

Method methodOf(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::kGet;
    case http::verb::head:
      return Method::kHead;
    case http::verb::post:
      return Method::kPost;
    case http::verb::put:
      return Method::kPut;
    case http::verb::delete_:
      return Method::kDelete;
    case http::verb::options:
      return Method::kOptions;
    default:
      return Method::kOther;
  }
}

int statusOf(const ErrorCode& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
  if (error == http::error::body_limit) return 413;
  return 400;
}

void addHeader(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ");
  for (const char c : value) {
    if (c != '\r' && c != '\n') head += c;
  }
  head += "\r\n";
}

std::string text(beast::string_view view) {
  return {view.data(), view.size()};
}

// A socket on its way from one thread to another.
struct Descriptor {
  explicit Descriptor(int descriptor) : number(descriptor) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(number); }
  int number;
};

// One client that listens for events.
struct Listener {
  explicit Listener(const asio::any_io_executor& executor) : wake(executor) {}
  asio::steady_timer wake;
  std::deque<std::shared_ptr<const std::string>> pending;
  size_t pending_bytes = 0;
  bool dropped = false;
};

}  // namespace

class Server::Impl {
 public:
  Impl(const ServerOptions& options, HandleRequest handle)
      : options_(options), handle_(std::move(handle)), acceptor_(context_) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() = default;

  Result<void> listen() {
    if (sodium_init() < 0) return fail(ErrorKind::kLimit, "libsodium cannot be used on this machine");
    if (auto ready = loadCertificate(); !ready) return ready;
    ErrorCode error;
    const auto address = asio::ip::make_address(options_.address, error);
    if (error) return fail(ErrorKind::kUsage, fmt::format("'{}' is no IP address", options_.address));
    const Tcp::endpoint endpoint(address, options_.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return std::unexpected(
          Error{ErrorKind::kIo, error.message(), fmt::format("{}:{}", options_.address, options_.port)});
    }
    port_ = acceptor_.local_endpoint().port();
    group_.push_back(this);
    return {};
  }

  Result<void> listenBeside(Impl& other) {
    if (auto ready = loadCertificate(); !ready) return ready;
    other.group_.push_back(this);
    port_ = other.port_;
    return {};
  }

  const ServerOptions& options() const { return options_; }
  uint16_t port() const { return port_; }

  void run() {
    const auto works = asio::make_work_guard(context_);
    if (acceptor_.is_open()) asio::co_spawn(context_, accept(), asio::detached);
    context_.run();
  }

  void stop() { context_.stop(); }

  void post(std::function<void()> task) { asio::post(context_, std::move(task)); }

  void publish(const std::string& event, const std::string& data) {
    auto message = std::make_shared<const std::string>(fmt::format("event: {}\ndata: {}\n\n", event, data));
    post([this, message = std::move(message)] {
      for (Listener* listener : listeners_) {
        listener->pending.push_back(message);
        listener->pending_bytes += message->size();
        listener->dropped = listener->dropped || listener->pending_bytes > kMostPending;
        listener->wake.cancel();
      }
    });
  }

  Counts counts() const { return {connections_, listening_, requests_, refused_}; }

 private:
  Result<void> loadCertificate() {
    if (options_.certificate_file.empty() != options_.key_file.empty()) {
      return fail(ErrorKind::kUsage, "TLS needs both a certificate and a key");
    }
    if (options_.certificate_file.empty()) return {};
    tls_.emplace(asio::ssl::context::tls_server);
    tls_->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                      asio::ssl::context::no_tlsv1_1);
    ErrorCode error;
    tls_->use_certificate_chain_file(options_.certificate_file, error);
    if (error) return std::unexpected(Error{ErrorKind::kInvalid, error.message(), options_.certificate_file});
    tls_->use_private_key_file(options_.key_file, asio::ssl::context::pem, error);
    if (error) return std::unexpected(Error{ErrorKind::kInvalid, error.message(), options_.key_file});
    return {};
  }

  asio::awaitable<void> accept() {
    for (;;) {
      ErrorCode error;
      auto socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
      if (error == asio::error::operation_aborted) co_return;
      if (error) {
        ++refused_;
        asio::steady_timer pause(context_, kAcceptPause);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        continue;
      }
      deal(std::move(socket));
    }
  }

  // Gives each member of the group a connection in turn: left to itself the kernel wakes one thread for all
  // that come at once.
  void deal(Tcp::socket socket) {
    Impl& taker = *group_[turn_++ % group_.size()];
    if (&taker == this) return take(std::move(socket));
    ErrorCode error;
    const auto protocol = socket.local_endpoint(error).protocol();
    const auto handle = std::make_shared<const Descriptor>(socket.release(error));
    if (error) return;
    taker.post([&taker, protocol, handle] {
      ErrorCode failed;
      Tcp::socket moved(taker.context_);
      moved.assign(protocol, ::dup(handle->number), failed);
      if (!failed) taker.take(std::move(moved));
    });
  }

  void take(Tcp::socket socket) {
    if (connections_ >= options_.connection_limit) {
      ++refused_;
      return;  // the socket closes
    }
    ErrorCode ignored;
    socket.set_option(Tcp::no_delay(true), ignored);
    asio::co_spawn(context_, serve(std::move(socket)), asio::detached);
  }

  // A connection from its beginning to its end. What a broken client makes the libraries throw ends it alone.
  asio::awaitable<void> serve(Tcp::socket socket) {
    ++connections_;
    try {
      if (tls_) {
        beast::ssl_stream<beast::tcp_stream> stream(beast::tcp_stream(std::move(socket)), *tls_);
        ErrorCode error;
        stream.next_layer().expires_after(options_.request_time);
        co_await stream.async_handshake(asio::ssl::stream_base::server,
                                        asio::redirect_error(asio::use_awaitable, error));
        if (!error) co_await converse(stream);
      } else {
        beast::tcp_stream stream(std::move(socket));
        co_await converse(stream);
        ErrorCode ignored;
        stream.socket().shutdown(Tcp::socket::shutdown_send, ignored);
      }
    } catch (const std::exception&) {
      ++refused_;
    }
    --connections_;
  }

  template <typename Stream>
  asio::awaitable<void> converse(Stream& stream) {
    beast::flat_buffer buffer(options_.header_limit + options_.body_limit + kReadAtOnce);
    for (bool goes_on = true; goes_on;) {
      ErrorCode error;
      auto& connection = beast::get_lowest_layer(stream);
      if (buffer.size() == 0) {
        buffer.shrink_to_fit();  // thousands may idle
        connection.expires_after(options_.idle_time);
        std::array<char, 1> first;
        const size_t got = co_await stream.async_read_some(asio::buffer(first),
                                                           asio::redirect_error(asio::use_awaitable, error));
        if (error || got == 0) co_return;
        buffer.commit(asio::buffer_copy(buffer.prepare(got), asio::buffer(first, got)));
      }
      http::request_parser<http::string_body> parser;
      parser.header_limit(static_cast<uint32_t>(options_.header_limit));
      parser.body_limit(options_.body_limit);
      connection.expires_after(options_.request_time);
      co_await http::async_read(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
      if (error == http::error::end_of_stream || error == beast::error::timeout) co_return;
      ++requests_;
      if (error) {
        if (error.category() != http::make_error_code(http::error::bad_value).category()) co_return;
        ++refused_;
        const Response refusal = errorResponse(statusOf(error), "the request could not be understood");
        co_await send(stream, nullptr, refusal, false);
        co_return;
      }
      goes_on = co_await answer(stream, parser.release());
    }
  }

  // False when the connection is to be closed.
  template <typename Stream>
  asio::awaitable<bool> answer(Stream& stream, http::request<http::string_body> message) {
    Request request;
    request.method = methodOf(message.method());
    request.accept = text(message[http::field::accept]);
    request.authorization = text(message[http::field::authorization]);
    request.takes_gzip = admitsGzip(text(message[http::field::accept_encoding]));
    request.body = std::move(message.body());
    const auto read = readTarget(text(message.target()), request);
    Response response =
        read ? handle_(request) : errorResponse(400, "the address cannot be read: " + read.error().message);
    while (response.later) {
      asio::steady_timer pause(context_, kLaterPause);
      ErrorCode ignored;
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      std::optional<Response> ready = response.later();
      if (ready) response = std::move(*ready);
    }
    if (response.events && request.method == Method::kGet) {
      co_await listen(stream);
      co_return false;
    }
    const bool keep = message.keep_alive();
    co_return co_await send(stream, &message, response, keep) && keep;
  }

  std::string headOf(const Response& response, bool keep) const {
    std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status,
                                   text(http::obsolete_reason(static_cast<http::status>(response.status))));
    for (const auto& [name, value] : response.headers) {
      if (!value.empty()) addHeader(head, name, value);
    }
    for (const auto& [name, value] : kSecurityHeaders) {
      const auto own = std::find_if(response.headers.begin(), response.headers.end(),
                                    [&](const auto& header) { return header.first == name; });
      if (own == response.headers.end()) addHeader(head, name, value);
    }
    if (tls_) addHeader(head, "Strict-Transport-Security", "max-age=31536000");
    addHeader(head, "Content-Type", response.type);
    if (response.max_age > 0) {
      addHeader(head, "Cache-Control", fmt::format("public, max-age={}", response.max_age));
    } else {
      addHeader(head, "Cache-Control", "no-cache");
    }
    if (!keep) addHeader(head, "Connection", "close");
    return head;
  }

  // False when the client did not take it.
  template <typename Stream>
  asio::awaitable<bool> send(Stream& stream, const http::request<http::string_body>* request,
                             const Response& response, bool keep) {
    if (response.pieces) co_return co_await sendPieces(stream, *request, response, keep);
    const bool takes_gzip = request != nullptr && admitsGzip(text((*request)[http::field::accept_encoding]));
    const std::shared_ptr<const Content> body =
        response.fixed ? response.fixed : contentOf(response.type, response.body, takes_gzip);
    const bool packed = takes_gzip && isWorthPacking(response.type, body->size()) && !body->packed().empty();
    const std::string_view tag = body->tag(packed);
    std::string_view content = packed ? body->packed() : body->plain();
    std::string head;
    const bool known = response.status == 200 && request != nullptr &&
                       namesTag(text((*request)[http::field::if_none_match]), tag);
    if (known) {
      Response unchanged{.status = 304, .type = response.type, .max_age = response.max_age};
      unchanged.headers = response.headers;
      head = headOf(unchanged, keep);
      content = {};
    } else {
      head = headOf(response, keep);
      addHeader(head, "Content-Length", std::to_string(content.size()));
      if (packed) addHeader(head, "Content-Encoding", "gzip");
    }
    if (response.status == 200) addHeader(head, "ETag", tag);
    addHeader(head, "Vary", "Accept-Encoding, Accept");
    head += "\r\n";
    if (request != nullptr && request->method() == http::verb::head) content = {};
    co_return co_await write(stream, head, content);
  }

  template <typename Stream>
  asio::awaitable<bool> sendPieces(Stream& stream, const http::request<http::string_body>& request,
                                   const Response& response, bool& keep) {
    const bool chunked = request.version() >= 11;
    std::string head = headOf(response, keep && chunked);
    if (chunked) addHeader(head, "Transfer-Encoding", "chunked");
    head += "\r\n";
    if (!co_await write(stream, head, {})) co_return false;
    if (request.method() == http::verb::head) co_return true;
    for (;;) {
      const Result<std::string> piece = response.pieces();
      if (!piece) co_return false;  // the missing end tells the client
      if (piece->empty()) break;
      // Named, as all that a co_await uses in this file: g++ 12 destroys such temporaries twice.
      const std::string size = chunked ? fmt::format("{:x}\r\n", piece->size()) : std::string();
      std::string framed = *piece;
      if (chunked) framed += "\r\n";
      if (!co_await write(stream, size, framed)) co_return false;
    }
    if (chunked && !co_await write(stream, "0\r\n\r\n", {})) co_return false;
    co_return chunked;
  }

  template <typename Stream>
  asio::awaitable<bool> write(Stream& stream, std::string_view head, std::string_view content) {
    ErrorCode error;
    beast::get_lowest_layer(stream).expires_after(options_.request_time);
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(head), asio::buffer(content)};
    co_await asio::async_write(stream, buffers, asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
  }

  template <typename Stream>
  asio::awaitable<void> listen(Stream& stream) {
    Response response{.type = "text/event-stream"};
    std::string head = headOf(response, true) + "\r\nretry: 3000\n\n";
    if (!co_await write(stream, head, {})) co_return;
    head = {};
    Listener listener(co_await asio::this_coro::executor);
    const auto place = listeners_.insert(listeners_.end(), &listener);
    ++listening_;
    for (bool goes_on = true; goes_on;) {
      ErrorCode ignored;
      if (listener.pending.empty()) {
        listener.wake.expires_after(kHeartbeat);
        co_await listener.wake.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      }
      std::string batch;
      for (const auto& message : listener.pending) batch += *message;
      listener.pending.clear();
      listener.pending_bytes = 0;
      if (batch.empty()) batch = ": still here\n\n";
      goes_on = !listener.dropped && co_await write(stream, batch, {});
    }
    listeners_.erase(place);
    --listening_;
  }

  ServerOptions options_;
  HandleRequest handle_;
  std::vector<Impl*> group_;  // of the one that listens: itself, and those beside it
  size_t turn_ = 0;
  uint16_t port_ = 0;
  asio::io_context context_{1};
  std::optional<asio::ssl::context> tls_;
  Tcp::acceptor acceptor_;
  std::list<Listener*> listeners_;
  std::atomic<uint64_t> connections_ = 0, listening_ = 0, requests_ = 0, refused_ = 0;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::listen(const ServerOptions& options, HandleRequest handle) {
  auto impl = std::make_unique<Impl>(options, std::move(handle));
  if (const auto ready = impl->listen(); !ready) return std::unexpected(ready.error());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Result<std::unique_ptr<Server>> Server::listenBeside(Server& other, HandleRequest handle) {
  auto impl = std::make_unique<Impl>(other.impl_->options(), std::move(handle));
  if (const auto ready = impl->listenBeside(*other.impl_); !ready) return std::unexpected(ready.error());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

uint16_t Server::port() const {
  return impl_->port();
}
void Server::run() {
  impl_->run();
}
void Server::stop() {
  impl_->stop();
}
void Server::publish(std::string event, std::string data) {
  impl_->publish(event, data);
}
void Server::post(std::function<void()> task) {
  impl_->post(std::move(task));
}
Server::Counts Server::counts() const {
  return impl_->counts();
}

}  // namespace nightjar::serve
