/** A part of the message that is replied to, as it stood there then. `from`: where it began in that text, in characters. */
export type MessageQuote = { readonly text: string; readonly from: number };
