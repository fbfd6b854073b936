/**
 * The words by which people stop and start text messages. They count where they are all that was sent, in any case and with whatever
 * punctuation around them; in a sentence they are only words. The lists are those that carriers and vendors hold to in all countries
 * (CTIA's messaging principles; Twilio's and Vonage's own lists).
 */
const STOP = new Set(['STOP', 'STOPALL', 'STOP ALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT', 'OPT OUT']);
const START = new Set(['START', 'YES', 'UNSTOP', 'SUBSCRIBE', 'OPTIN', 'OPT IN']);

export function stopWordIn(text: string): 'stop' | 'start' | undefined {
  const word = text
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\p{P}\p{S}\p{Z}\p{C}]+/gv, ' ')
    .trim();
  if (STOP.has(word)) return 'stop';
  return START.has(word) ? 'start' : undefined;
}
