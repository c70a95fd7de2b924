#include "app/verify_command.h"

#include <fmt/format.h>

#include <optional>

#include "app/bundle.h"
#include "app/command.h"
#include "app/options.h"
#include "evidence/report_html.h"

namespace nightjar::app {
namespace {

constexpr const char* kHelp =
    R"(Usage: nightjar verify [OPTION]... FOLDER
Checks a folder that `nightjar report` made: that no file was changed, added or lost, that the signature is one of the
whole, and that judging the bins again gives the same incident.

  --key HEX   the public key that it must be signed by, as its owner published it; without it, the key that signed is
              told, and whether to trust it is yours to say
)";

struct Arguments {
  std::string folder;
  std::optional<evidence::PublicKey> key;
};

Result<evidence::PublicKey> readKey(const char* text) {
  evidence::PublicKey key;
  if (const auto read = evidence::fromHex(text, key); !read) {
    return fail(ErrorKind::kUsage, "the public key " + read.error().message);
  }
  return key;
}

std::expected<Arguments, int> parse(int argc, char** argv) {
  Arguments arguments;
  Options options(argv[0], kHelp);
  options.value("key", arguments.key, readKey);
  const auto operands = options.read(argc, argv);
  if (operands.size() != 1) options.refuse("name one folder");
  if (!operands.empty()) arguments.folder = operands.front();
  return options.result(std::move(arguments));
}

Result<int> run(const Arguments& arguments) {
  const auto verified = verifyBundle(arguments.folder);
  if (!verified) return std::unexpected(verified.error());
  if (arguments.key && *arguments.key != verified->key) {
    return std::unexpected(Error{ErrorKind::kInvalid,
                                 fmt::format("is signed by another key: {}", evidence::toHex(verified->key)),
                                 arguments.folder});
  }
  const auto sentence = evidence::sentenceOf(verified->incident);
  if (!sentence) return std::unexpected(sentence.error());
  return doneOr(
      writeOutput(fmt::format("{}\nSound: no file was changed, and judging the bins again gives the same "
                              "incident.\nSigned by {}{}\n",
                              *sentence, evidence::toHex(verified->key),
                              arguments.key ? ", the key you named." : "; compare it with the owner's.")));
}

}  // namespace

int verifyCommand(int argc, char** argv) {
  return runWith(parse(argc, argv), run);
}

}  // namespace nightjar::app
