#include "imports/countries.h"

#include <algorithm>
#include <string>

#include "geo/countries.h"
#include "imports/words.h"

namespace nightjar::imports {
namespace {

// ISO 3166-1: alpha-3 and alpha-2 in five letters each, sorted.
constexpr std::string_view kAlpha3 =
    "ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG AUSAU AUTAT "
    "AZEAZ BDIBI BELBE BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL BLRBY BLZBZ BMUBM BOLBO "
    "BRABR BRBBB BRNBN BTNBT BVTBV BWABW CAFCF CANCA CCKCC CHECH CHLCL CHNCN CIVCI CMRCM CODCD COGCG "
    "COKCK COLCO COMKM CPVCV CRICR CUBCU CUWCW CXRCX CYMKY CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK DOMDO "
    "DZADZ ECUEC EGYEG ERIER ESHEH ESPES ESTEE ETHET FINFI FJIFJ FLKFK FRAFR FROFO FSMFM GABGA GBRGB "
    "GEOGE GGYGG GHAGH GIBGI GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY "
    "HKGHK HMDHM HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN IOTIO IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT "
    "JAMJM JEYJE JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB LBRLR LBYLY "
    "LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MAFMF MARMA MCOMC MDAMD MDGMG MDVMV MEXMX MHLMH "
    "MKDMK MLIML MLTMT MMRMM MNEME MNGMN MNPMP MOZMZ MRTMR MSRMS MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA "
    "NCLNC NERNE NFKNF NGANG NICNI NIUNU NLDNL NORNO NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PCNPN PERPE "
    "PHLPH PLWPW PNGPG POLPL PRIPR PRKKP PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA "
    "SDNSD SENSN SGPSG SGSGS SHNSH SJMSJ SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR "
    "SVKSK SVNSI SWESE SWZSZ SXMSX SYCSC SYRSY TCATC TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO "
    "TTOTT TUNTN TURTR TUVTV TWNTW TZATZ UGAUG UKRUA UMIUM URYUY USAUS UZBUZ VATVA VCTVC VENVE VGBVG "
    "VIRVI VNMVN VUTVU WLFWF WSMWS YEMYE ZAFZA ZMBZM ZWEZW ";

struct Name {
  std::string_view name;  // in small letters
  std::string_view code;
};

// What IODA, Cloudflare, Google and the Monash IP Observatory write where geo::countries() has another name.
constexpr Name kNames[] = {
    {"antigua & barbuda", "AG"},
    {"bolivia, plurinational state of", "BO"},
    {"bonaire/sint eustatius/saba", "BQ"},
    {"bosnia & herzegovina", "BA"},
    {"brunei darussalam", "BN"},
    {"burma", "MM"},
    {"cape verde", "CV"},
    {"congo, the democratic republic of the", "CD"},
    {"cote d'ivoire", "CI"},
    {"curacao", "CW"},
    {"czech republic", "CZ"},
    {"democratic republic of (drc)", "CD"},
    {"democratic republic of the congo", "CD"},
    {"federated states of micronesia", "FM"},
    {"great britain", "GB"},
    {"holy see", "VA"},
    {"iran, islamic republic of", "IR"},
    {"islamic republic of iran", "IR"},
    {"ivory coast", "CI"},
    {"ivory coast (cote d'ivoire)", "CI"},
    {"korea, democratic people's republic of", "KP"},
    {"korea, republic of", "KR"},
    {"kyrgyz republic (kyrgyzstan)", "KG"},
    {"lao people's democratic republic", "LA"},
    {"macedonia", "MK"},
    {"macedonia, the former yugoslav republic of", "MK"},
    {"micronesia, federated states of", "FM"},
    {"moldova, republic of", "MD"},
    {"myanmar (burma)", "MM"},
    {"myanmar/burma", "MM"},
    {"palestine", "PS"},
    {"palestine, state of", "PS"},
    {"palestinian territories", "PS"},
    {"palestinian territory, occupied", "PS"},
    {"republic of the congo", "CG"},
    {"reunion", "RE"},
    {"russian federation", "RU"},
    {"saint martin", "MF"},
    {"sao tome and principe", "ST"},
    {"swaziland", "SZ"},
    {"syrian arab republic", "SY"},
    {"taiwan, province of china", "TW"},
    {"tanzania, united republic of", "TZ"},
    {"timor leste", "TL"},
    {"timor-leste", "TL"},
    {"turkey", "TR"},
    {"united states of america", "US"},
    {"united states of america (usa)", "US"},
    {"venezuela, bolivarian republic of", "VE"},
    {"viet nam", "VN"},
};

std::optional<std::string_view> byAlpha3(std::string_view code) {
  constexpr size_t kLetters = 6;  // with the space
  for (size_t at = 0; at + kLetters <= kAlpha3.size(); at += kLetters) {
    if (kAlpha3.substr(at, 3) == code) return kAlpha3.substr(at + 3, 2);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> countryOf(std::string_view text) {
  if (text.size() == 3) {
    if (const auto found = byAlpha3(text)) return found;
  }
  const std::string low = lowered(text);
  for (const geo::Country& country : geo::countries()) {
    if (country.code == text || lowered(country.name) == low) return country.code;
  }
  for (const Name& name : kNames) {
    if (name.name == low) return name.code;
  }
  return std::nullopt;
}

}  // namespace nightjar::imports
