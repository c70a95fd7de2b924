#include "app/serving_thread.h"

#include <fmt/format.h>

#include <exception>

#include <algorithm>

#include "app/command.h"
#include "app/incident_chart.h"
#include "app/names.h"
#include "page/page.h"

namespace nightjar::app {
namespace {

// The page's, where it was built in: tells a card in the reader's language.
constexpr std::string_view kCardScript = "/card.js";

}  // namespace

Result<std::unique_ptr<ServingThread>> ServingThread::start(const std::string& store,
                                                            const serve::ServerOptions& options,
                                                            EvidenceDesk& desk, ServingThread* beside) {
  auto self = std::unique_ptr<ServingThread>(new ServingThread);
  auto opened = series::openStoreForReading(store);
  if (!opened) return std::unexpected(opened.error());
  self->store_ = std::move(*opened);
  if (const auto read = self->readNetworks(); !read) return std::unexpected(read.error());
  const auto names = [self = self.get()](const Entity& entity) { return self->namesOf(entity); };
  auto api = serve::Api::open(*self->store_, {names, NIGHTJAR_VERSION, self->evidenceOf(desk)});
  if (!api) return std::unexpected(api.error());
  self->api_ = std::move(*api);
  self->api_->addTo(self->router_);
  self->router_.add({serve::Method::kGet, "/api/v1/events", [](const serve::Request&, serve::PathValues) {
                       return serve::Response{.events = true};
                     }});
  self->router_.add(
      {serve::Method::kGet, "/metrics",
       [self = self.get()](const serve::Request&, serve::PathValues) { return self->metrics(); }});
  page::addTo(self->router_);
  const auto handle = [self = self.get()](const serve::Request& request) { return self->handle(request); };
  auto server = beside == nullptr ? serve::Server::listen(options, handle)
                                  : serve::Server::listenBeside(*beside->server_, handle);
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

serve::Evidence ServingThread::evidenceOf(EvidenceDesk& desk) {
  const auto files = page::files();
  const bool speaks = std::any_of(files.begin(), files.end(),
                                  [](const page::File& file) { return file.path == kCardScript; });
  serve::Evidence evidence;
  evidence.public_key = desk.publicKey();
  evidence.card = [this, speaks](const series::StoredIncident& incident,
                                 std::string_view theme) -> Result<serve::Evidence::Card> {
    auto card = cardOf(*store_, incident);
    if (!card) return std::unexpected(card.error());
    card->theme = theme;
    if (speaks) card->script = kCardScript;
    auto page = evidence::toCard(*card);
    if (!page) return std::unexpected(page.error());
    return serve::Evidence::Card{std::move(page->html), std::move(page->style_hash)};
  };
  evidence.chart = [&desk](const series::StoredIncident& incident) {
    return desk.ask(EvidenceDesk::What::kChart, incident);
  };
  if (!evidence.public_key.empty()) {
    evidence.bundle = [&desk](const series::StoredIncident& incident) {
      return desk.ask(EvidenceDesk::What::kBundle, incident);
    };
  }
  return evidence;
}

// OpenMetrics 1.0. Counters are those of the thread that answers.
serve::Response ServingThread::metrics() {
  const serve::Server::Counts counts = server_->counts();
  const auto open = store_->incidents({.open = true});
  return {.type = "application/openmetrics-text; version=1.0.0; charset=utf-8",
          .body = fmt::format("# TYPE nightjar_connections gauge\nnightjar_connections {}\n"
                              "# TYPE nightjar_event_listeners gauge\nnightjar_event_listeners {}\n"
                              "# TYPE nightjar_requests counter\nnightjar_requests_total {}\n"
                              "# TYPE nightjar_refused counter\nnightjar_refused_total {}\n"
                              "# TYPE nightjar_entities gauge\nnightjar_entities {}\n"
                              "# TYPE nightjar_open_incidents gauge\nnightjar_open_incidents {}\n# EOF\n",
                              counts.connections, counts.listeners, counts.requests, counts.refused,
                              api_->catalog().entries().size(), open ? open->size() : 0)};
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
  const bool reads = request.method == serve::Method::kGet || request.method == serve::Method::kHead;
  const bool cacheable = reads && !(request.segments.size() == 1 && request.segments[0] == "metrics");
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
