#include "app/evidence_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "app/bundle.h"
#include "app/incident_chart.h"
#include "evidence/chart.h"
#include "evidence/tar.h"

namespace nightjar::app {
namespace {

namespace fs = std::filesystem;

constexpr size_t kPiece = size_t{256} << 10;
constexpr size_t kMostMade = 1000;  // also of those that failed

serve::Response comeAgain(std::string_view why, int seconds) {
  serve::Response response = serve::errorResponse(503, why);
  response.headers.emplace_back("Retry-After", std::to_string(seconds));
  return response;
}

serve::Response refusal(const Error& error) {
  // The bundle's own words are for people; those of files are not for strangers.
  if (error.kind == ErrorKind::kUsage) return serve::errorResponse(409, error.message);
  return serve::errorResponse(500, "the server could not make it");
}

Result<void> drawChart(series::Store& store, const series::StoredIncident& incident,
                       const std::string& path) {
  const auto chart = chartOf(store, incident);
  if (!chart) return std::unexpected(chart.error());
  const auto png = evidence::toPng(*chart);
  if (!png) return std::unexpected(png.error());
  std::ofstream out(path, std::ios::binary);
  out << *png;
  out.close();
  if (!out) return std::unexpected(Error{ErrorKind::kIo, "cannot be written", path});
  return {};
}

Result<void> packBundle(series::Store& store, const series::StoredIncident& incident,
                        const evidence::SecretKey& key, const std::string& path, const GivenUp& given_up) {
  const auto scratch = ScratchFolder::make("bundle");
  if (!scratch) return std::unexpected(scratch.error());
  const std::string folder = scratch->path() + "/bundle";
  if (const auto written = writeBundle(store, incident.id, folder, key, given_up); !written) return written;
  return evidence::writeTar(folder, fmt::format("nightjar-{}-r{}", incident.id, incident.revision),
                            incident.end.value_or(incident.onset), path);
}

}  // namespace

struct EvidenceDesk::Job {
  std::string name;
  What what;
  series::StoredIncident incident;
  std::string path;  // of the file that is made
  // Under the desk's lock:
  bool begun = false;
  bool done = false;
  std::optional<Error> error;
  uint64_t bytes = 0;

  ~Job() {
    std::error_code ignored;
    fs::remove(path, ignored);
  }

  serve::Response answer() const {
    if (error) return refusal(*error);
    auto in = std::make_shared<std::ifstream>(path, std::ios::binary);
    if (!*in) return serve::errorResponse(500, "the server could not make it");
    const bool chart = what == What::kChart;
    serve::Response response{.type = chart ? "image/png" : "application/x-tar"};
    response.headers = {{"Content-Disposition",
                         fmt::format("{}; filename=\"nightjar-{}-r{}.{}\"", chart ? "inline" : "attachment",
                                     incident.id, incident.revision, chart ? "png" : "tar")},
                        {"Cross-Origin-Resource-Policy", "cross-origin"}};
    if (chart) {
      response.body.assign(std::istreambuf_iterator<char>(*in), {});
      return response;
    }
    response.pieces = [in]() -> Result<std::string> {
      std::string piece(kPiece, '\0');
      in->read(piece.data(), static_cast<std::streamsize>(piece.size()));
      piece.resize(static_cast<size_t>(in->gcount()));
      return piece;
    };
    return response;
  }
};

Result<std::unique_ptr<EvidenceDesk>> EvidenceDesk::open(const std::string& store,
                                                         std::optional<evidence::SecretKey> key) {
  auto opened = series::openStoreForReading(store);
  if (!opened) return std::unexpected(opened.error());
  auto folder = ScratchFolder::make("desk");
  if (!folder) return std::unexpected(folder.error());
  return std::unique_ptr<EvidenceDesk>(
      new EvidenceDesk(std::move(*opened), std::move(key), std::move(*folder)));
}

EvidenceDesk::EvidenceDesk(std::unique_ptr<series::Store> store, std::optional<evidence::SecretKey> key,
                           ScratchFolder folder)
    : store_(std::move(store)), key_(std::move(key)), folder_(std::move(folder)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

EvidenceDesk::~EvidenceDesk() = default;

std::string EvidenceDesk::publicKey() const {
  return key_ ? evidence::toHex(key_->publicKey()) : std::string();
}

serve::Response EvidenceDesk::ask(What what, const series::StoredIncident& incident) {
  const std::string name =
      fmt::format("{} {} {}", what == What::kChart ? "chart" : "bundle", incident.id, incident.revision);
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Job>& job = by_name_[name];
  if (!job) {
    if (waiting_.size() >= kMostWaiting) {
      by_name_.erase(name);
      return comeAgain("too many ask at once", 5);
    }
    const std::string path = fmt::format("{}/{}", folder_.path(), ++number_);
    job = std::make_shared<Job>(Job{.name = name, .what = what, .incident = incident, .path = path});
    // A chart is quick, a bundle is not.
    waiting_.insert(what == What::kChart ? waiting_.begin() : waiting_.end(), job);
    wake_.notify_one();
  }
  if (job->done) return job->answer();
  const auto latest = std::chrono::steady_clock::now() + kLongestWait;
  return {.later = [this, job = job, latest]() -> std::optional<serve::Response> {
    const std::lock_guard inner(mutex_);
    if (job->done) return job->answer();
    if (std::chrono::steady_clock::now() < latest) return std::nullopt;
    return comeAgain("it is still being made", 10);
  }};
}

void EvidenceDesk::forget() {
  const std::lock_guard lock(mutex_);
  std::erase_if(by_name_, [](const auto& entry) { return entry.second->begun; });
  made_.clear();
  kept_ = 0;
}

// Not forgotten since it was begun.
bool EvidenceDesk::isAsked(const std::shared_ptr<Job>& job) const {
  const auto at = by_name_.find(job->name);
  return at != by_name_.end() && at->second == job;
}

void EvidenceDesk::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (wake_.wait(lock, stop, [this] { return !waiting_.empty(); })) {
    if (stop.stop_requested()) return;
    const std::shared_ptr<Job> job = waiting_.front();
    waiting_.pop_front();
    job->begun = true;
    lock.unlock();
    const auto made = make(*job, [&stop] { return stop.stop_requested(); });
    std::error_code error;
    const uint64_t bytes = made ? fs::file_size(job->path, error) : 0;
    lock.lock();
    if (!made) job->error = made.error();
    job->bytes = error ? 0 : bytes;
    job->done = true;
    keep(job);
  }
}

Result<void> EvidenceDesk::make(const Job& job, const GivenUp& given_up) {
  try {
    if (job.what == What::kChart) return drawChart(*store_, job.incident, job.path);
    return packBundle(*store_, job.incident, *key_, job.path, given_up);
  } catch (const std::exception&) {  // no memory: this job alone fails
    return fail(ErrorKind::kLimit, "it is too large");
  }
}

void EvidenceDesk::keep(const std::shared_ptr<Job>& job) {
  if (!isAsked(job)) return;
  // What the system refused may go well the next time.
  if (job->error && job->error->kind == ErrorKind::kIo) {
    by_name_.erase(job->name);
    return;
  }
  made_.push_back(job);
  kept_ += job->bytes;
  while (made_.size() > kMostMade || (kept_ > kMostKept && made_.size() > 1)) {
    kept_ -= made_.front()->bytes;
    by_name_.erase(made_.front()->name);
    made_.pop_front();
  }
}

}  // namespace nightjar::app
