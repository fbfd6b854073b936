/** Languages as people name them: BCP 47 tags. The names are the runtime's own. */

export const LANGUAGE_CHARACTERS_MAX = 35; // RFC 5646, 4.4.1: what a tag without extensions needs

/** The tag in its one spelling (`pt-br` → `pt-BR`, `iw` → `he`), without extensions, which say how to sort and count. Undefined for what is none. */
export function languageOf(tag: string): string | undefined {
  if (tag.length > LANGUAGE_CHARACTERS_MAX) return undefined;
  try {
    const { language, baseName } = new Intl.Locale(tag);
    return language === 'und' ? undefined : baseName;
  } catch {
    return undefined;
  }
}
