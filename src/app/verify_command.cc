#include "app/verify_command.h"

#include <fmt/format.h>
#include <getopt.h>

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
  static const option kOptions[] = {
      {"key", required_argument, nullptr, 'k'}, {"help", no_argument, nullptr, 'h'}, {}};
  Arguments arguments;
  OptionReader reader(argv[0]);
  for (int opt; (opt = getopt_long(argc, argv, "h", kOptions, nullptr)) != -1;) {
    switch (opt) {
      case 'k':
        reader.read(arguments.key, readKey(optarg));
        break;
      case 'h':
        fmt::print("{}", kHelp);
        return std::unexpected(kDone);
      default:
        return std::unexpected(wrongUsage(argv[0]));
    }
  }
  if (argc - optind != 1) reader.refuse({ErrorKind::kUsage, "name one folder"});
  if (reader.status() != kDone) return std::unexpected(reader.status());
  arguments.folder = argv[optind];
  return arguments;
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
