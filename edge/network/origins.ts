/** Which web pages may call us from a browser. There are no cookies, so a page can do no more than the token it holds lets it do. */

const LOCALHOST = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/** Origins such as `https://example.org`, and the word `localhost` for every port of this machine. */
export type AllowedOrigins = readonly string[];

export const DEFAULT_ORIGINS: AllowedOrigins = ['localhost'];

export const isAllowedOrigin = (allowed: AllowedOrigins, origin: string): boolean =>
  allowed.includes(origin) || (allowed.includes('localhost') && LOCALHOST.test(origin));
