/* The countries a card may be billed in: ISO 3166-1, without those that cards cannot reach. */

const CODES =
  "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR " +
  "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CV CW CX CY CZ DE DJ DK DM DO DZ EC " +
  "EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY " +
  "HK HN HR HT HU ID IE IL IM IN IO IQ IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC " +
  "LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ " +
  "NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS " +
  "RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SZ TC TD TF TG TH TJ TK TL TM " +
  "TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

export const localeOf = (locale) => (!locale || locale === "auto" ? navigator.language : locale);

/* The country a locale points at: "en-GB" → "GB", "de" → "DE". */
export function countryOf(locale) {
  const { region } = new Intl.Locale(localeOf(locale)).maximize();
  return CODES.includes(region) ? region : "US";
}

/* [code, name] pairs in the order a reader of that locale expects. */
export function countries(locale) {
  const language = localeOf(locale);
  const names = new Intl.DisplayNames([language, "en"], { type: "region" });
  return CODES.split(" ")
    .map((code) => [code, names.of(code)])
    .sort(([, a], [, b]) => a.localeCompare(b, language));
}
