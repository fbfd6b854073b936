/**
 * Whether a program made a request for a link or a picture of an email, and no person: by what it says of itself. That it came sooner
 * than anybody reads is told elsewhere (`commands/notifications/tracked-links.ts`).
 */
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Programs that follow links to look at what is behind them: mail gateways, previews in chats, libraries. */
const SCANNERS =
  /bot\b|crawl|spider|scan|preview|prefetch|headless|proofpoint|mimecast|barracuda|safelinks|symantec|messagelabs|forcepoint|trendmicro|fortinet|facebookexternalhit|whatsapp|skype|slack|telegram|curl\/|wget\/|python|go-http-client|java\/|okhttp|libwww|axios|node-fetch|undici/i;
/** Apple's Mail Privacy Protection loads every picture when the email arrives, and says this and no more. */
const APPLE_PRIVACY_PROXY = /^Mozilla\/5\.0$/;
/** Gmail, before anybody opens the email: when somebody does, its proxy says `GoogleImageProxy`. */
const GMAIL_PREFETCH = /Chrome\/42\.0\.2311\.135 Safari\/537\.36 Edge\/12\.246/;

export function isMachineRequest({ method, headers }: { readonly method: string; readonly headers: Headers }, what: 'link' | 'picture'): boolean {
  const agent = textOf(headers['user-agent']);
  if (method === 'HEAD' || agent === '' || SCANNERS.test(agent)) return true;
  if (['purpose', 'sec-purpose', 'x-purpose', 'x-moz'].some((name) => /prefetch|preview/i.test(textOf(headers[name])))) return true;
  return what === 'picture' && (APPLE_PRIVACY_PROXY.test(agent) || GMAIL_PREFETCH.test(agent));
}

const textOf = (value: Headers[string]): string => (typeof value === 'string' ? value : (value ?? []).join(', '));
