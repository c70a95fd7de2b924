// What a bundle of evidence holds, file by file, and who signed it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "evidence/key.h"

namespace nightjar::evidence {

// The file MANIFEST of a bundle: a line for each other file, "SHA256  SIZE  NAME", in the order of the names.
// The file SIGNATURE: "ed25519 PUBLIC-KEY SIGNATURE", over the bytes of MANIFEST.
inline constexpr std::string_view kManifestName = "MANIFEST";
inline constexpr std::string_view kSignatureName = "SIGNATURE";

struct ManifestLine {
  std::string sha256;
  uint64_t size = 0;
  std::string name;
};

std::string toText(const std::vector<ManifestLine>& lines);
// Fails with kInvalid and the line.
Result<std::vector<ManifestLine>> parseManifest(std::string_view text);

// Writes MANIFEST and SIGNATURE for all files that are in the folder.
Result<void> seal(const std::string& folder, const SecretKey& key);

// Checks every file against MANIFEST, that there is none besides, and the signature over MANIFEST. Gives the
// key that signed. Fails with kInvalid, and names the file and what is wrong with it.
Result<PublicKey> checkSeal(const std::string& folder);

}  // namespace nightjar::evidence
