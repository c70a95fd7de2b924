#include "app/serving_thread.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "app/incident_chart.h"
#include "page/page.h"

namespace nightjar::app {
namespace {

// The page's, where it was built in: tells a card in the reader's language.
constexpr std::string_view kCardScript = "/card.js";

}  // namespace

Result<std::unique_ptr<ServingThread>> ServingThread::open(Served& served, ServingThread* beside) {
  auto self = std::unique_ptr<ServingThread>(new ServingThread(served));
  auto opened = series::openStoreForReading(served.store);
  if (!opened) return std::unexpected(opened.error());
  self->store_ = std::move(*opened);
  self->api_ = std::make_unique<serve::Api>(
      *self->store_, served.snapshot, serve::ApiOptions{NIGHTJAR_VERSION, self->evidenceOf(served.desk)});
  self->api_->addTo(self->router_);
  self->router_.add({serve::Method::kGet, "/api/v1/events", [](const serve::Request&, serve::PathValues) {
                       return serve::Response{.events = true};
                     }});
  self->router_.add(
      {serve::Method::kGet, "/metrics",
       [self = self.get()](const serve::Request&, serve::PathValues) { return self->metrics(); }});
  page::addTo(self->router_);
  const auto handle = [self = self.get()](const serve::Request& request) { return self->handle(request); };
  auto server = beside == nullptr ? serve::Server::listen(served.options, handle)
                                  : serve::Server::listenBeside(*beside->server_, handle);
  if (!server) return std::unexpected(server.error());
  self->server_ = std::move(*server);
  return self;
}

void ServingThread::start() {
  thread_ = std::jthread([this] { server_->run(); });
}

ServingThread::~ServingThread() {
  if (server_) server_->stop();
}

void ServingThread::show(std::shared_ptr<const serve::Snapshot> snapshot) {
  server_->post([this, snapshot = std::move(snapshot)]() mutable { api_->show(std::move(snapshot)); });
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
  const auto open = std::count_if(api_->incidents().begin(), api_->incidents().end(),
                                  [](const serve::IncidentHead& one) { return one.state == "open"; });
  return {.type = "application/openmetrics-text; version=1.0.0; charset=utf-8",
          .body = fmt::format("# TYPE nightjar_connections gauge\nnightjar_connections {}\n"
                              "# TYPE nightjar_event_listeners gauge\nnightjar_event_listeners {}\n"
                              "# TYPE nightjar_requests counter\nnightjar_requests_total {}\n"
                              "# TYPE nightjar_refused counter\nnightjar_refused_total {}\n"
                              "# TYPE nightjar_entities gauge\nnightjar_entities {}\n"
                              "# TYPE nightjar_open_incidents gauge\nnightjar_open_incidents {}\n# EOF\n",
                              counts.connections, counts.listeners, counts.requests, counts.refused,
                              api_->catalog().entries().size(), open)};
}

// A handler that throws (no memory) costs its request alone.
serve::Response ServingThread::handle(const serve::Request& request) {
  const bool reads = request.method == serve::Method::kGet || request.method == serve::Method::kHead;
  const bool cacheable = reads && !(request.segments.size() == 1 && request.segments[0] == "metrics");
  try {
    if (!cacheable) return router_.dispatch(request);
    const uint64_t snapshot = api_->snapshotNumber();
    std::string question = serve::questionOf(request);
    {
      const std::scoped_lock lock(served_.cache_mutex);
      if (auto known = served_.cache.find(snapshot, question)) return std::move(*known);
    }
    serve::Response response = router_.dispatch(request);
    if (serve::settle(response, request.takes_gzip)) {
      const std::scoped_lock lock(served_.cache_mutex);
      served_.cache.keep(snapshot, std::move(question), response);
    }
    return response;
  } catch (const std::exception&) {
    return serve::errorResponse(500, "the server could not answer");
  }
}

}  // namespace nightjar::app
