#include "app/report_command.h"

#include <fmt/format.h>

#include "app/bundle.h"
#include "app/command.h"
#include "app/options.h"
#include "series/store.h"

namespace nightjar::app {
namespace {

constexpr const char* kHelp =
    R"(Usage: nightjar report [OPTION]... --store FILE INCIDENT -o FOLDER
Writes the evidence of one incident to a new folder: a page that prints well, the chart, the document, every bin that
the judgement looked at, the inputs, all hashed and signed. `nightjar verify FOLDER` checks it again, anywhere.

  --store FILE   the store
  -o FOLDER      where to; must not exist or be empty
  --key FILE     the secret key; made if there is none. Default: the store's name with .key
  INCIDENT       its id, as `nightjar incidents` prints it
)";

struct Arguments {
  std::string store, incident, folder, key;
};

std::expected<Arguments, int> parse(int argc, char** argv) {
  Arguments arguments;
  Options options(argv[0], kHelp);
  options.text("store", arguments.store);
  options.text("key", arguments.key);
  options.text("o", arguments.folder);
  const auto operands = options.read(argc, argv);
  options.requireStore(arguments.store);
  if (operands.size() != 1) options.refuse("name one incident");
  if (arguments.folder.empty()) options.refuse("name the folder with -o FOLDER");
  if (!operands.empty()) arguments.incident = operands.front();
  if (arguments.key.empty()) arguments.key = arguments.store + ".key";
  return options.result(std::move(arguments));
}

Result<int> run(const Arguments& arguments) {
  const auto store = series::openStoreForReading(arguments.store);
  if (!store) return std::unexpected(store.error());
  const auto key = evidence::SecretKey::open(arguments.key);
  if (!key) return std::unexpected(key.error());
  if (const auto written = writeBundle(**store, arguments.incident, arguments.folder, *key); !written) {
    return std::unexpected(written.error());
  }
  return doneOr(writeOutput(fmt::format("{}: the evidence of {}, signed by {}\n", arguments.folder,
                                        arguments.incident, evidence::toHex(key->publicKey()))));
}

}  // namespace

int reportCommand(int argc, char** argv) {
  return runWith(parse(argc, argv), run);
}

}  // namespace nightjar::app
