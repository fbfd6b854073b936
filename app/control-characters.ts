/** Text of people must not control the terminal: control characters are shown as JSON escapes. */
export function escapeControlCharacters(text: string): string {
  return text.replaceAll(/(?![\t\n])[\p{Cc}\p{Zl}\p{Zp}]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
