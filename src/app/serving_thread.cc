#include "app/serving_thread.h"

#include <exception>

#include "app/command.h"
#include "app/names.h"

namespace nightjar::app {
Result<std::unique_ptr<ServingThread>> ServingThread::start(const std::string& store,
                                                            const serve::ServerOptions& options) {
  auto self = std::unique_ptr<ServingThread>(new ServingThread);
  auto opened = series::openStoreForReading(store);
  if (!opened) return std::unexpected(opened.error());
  self->store_ = std::move(*opened);
  if (const auto read = self->readNetworks(); !read) return std::unexpected(read.error());
  const auto names = [self = self.get()](const Entity& entity) { return self->namesOf(entity); };
  auto api = serve::Api::open(*self->store_, {names, NIGHTJAR_VERSION});
  if (!api) return std::unexpected(api.error());
  self->api_ = std::move(*api);
  self->api_->addTo(self->router_);
  self->router_.add({serve::Method::kGet, "/api/v1/events", [](const serve::Request&, serve::PathValues) {
                       return serve::Response{.events = true};
                     }});
  auto server = serve::Server::listen(
      options, [self = self.get()](const serve::Request& request) { return self->handle(request); });
  if (!server) return std::unexpected(server.error());
  self->server_ = std::move(*server);
  self->thread_ = std::jthread([self = self.get()] { self->server_->run(); });
  return self;
}

ServingThread::~ServingThread() {
  if (server_) server_->stop();
}

void ServingThread::refresh() {
  server_->post([this] {
    cache_.clear();
    if (const auto read = readNetworks(); !read) complain(read.error());
    if (const auto read = api_->refresh(); !read) complain(read.error());
  });
}

Result<void> ServingThread::readNetworks() {
  const auto networks = store_->networks();
  if (!networks) return std::unexpected(networks.error());
  for (const series::NetworkName& network : *networks) networks_[network.asn.number] = network.name;
  return {};
}

std::vector<std::string> ServingThread::namesOf(const Entity& entity) const {
  std::string name = nameOf(entity);
  if (const auto asn = entity.asn()) {
    const auto known = networks_.find(asn->number);
    if (known != networks_.end()) name = known->second;
  }
  if (name.empty()) return {};
  return {std::move(name)};
}

// A handler that throws (no memory) costs its request alone.
serve::Response ServingThread::handle(const serve::Request& request) {
  const bool cacheable = request.method == serve::Method::kGet || request.method == serve::Method::kHead;
  try {
    std::string question = cacheable ? serve::questionOf(request) : std::string();
    if (const serve::Response* known = cacheable ? cache_.find(question) : nullptr) return *known;
    serve::Response response = router_.dispatch(request);
    if (cacheable) cache_.keep(std::move(question), response);
    return response;
  } catch (const std::exception&) {
    return serve::errorResponse(500, "the server could not answer");
  }
}

}  // namespace nightjar::app
