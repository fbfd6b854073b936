/**
 * Texts that this process has just sealed. It reads its own events from the log within a moment, several times, and need not decrypt
 * them: a sealed text is never sealed as the same bytes again, so who has the bytes has the text. Whether the key is still there is asked
 * each time, as for any other text.
 */
const TEXTS_MAX = 2_048;
const TEXT_CHARACTERS_MAX = 4_000;

type SealedBy = { readonly eventId: string; readonly keyId: string };

export type SealedTexts = {
  /** A value that is no text, or a long one, is not remembered. */
  remember(sealed: string, of: SealedBy & { readonly value: unknown }): void;
  /** Undefined where it was not sealed here, for this event and by this key, or long ago. */
  find(sealed: string, by: SealedBy): string | undefined;
};

export function rememberSealedTexts(): SealedTexts {
  const texts = new Map<string, SealedBy & { readonly text: string }>();
  return {
    remember: (sealed, { eventId, keyId, value }) => {
      if (typeof value !== 'string' || value.length > TEXT_CHARACTERS_MAX) return;
      texts.set(sealed, { eventId, keyId, text: value });
      if (texts.size > TEXTS_MAX) for (const oldest of texts.keys()) if (texts.delete(oldest)) break;
    },
    find: (sealed, { eventId, keyId }) => {
      const known = texts.get(sealed);
      return known?.eventId === eventId && known.keyId === keyId ? known.text : undefined;
    },
  };
}
