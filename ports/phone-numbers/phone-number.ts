/** Telephone numbers as people write them, and the country that a number is of. */
import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber as Parsed } from 'libphonenumber-js/min';
import { countryOf } from '../../domain/shared/country.ts';

export const PHONE_NUMBER_TEXT_CHARACTERS_MAX = 64;

/** `number`: E.164. `country`: ISO 3166-1 alpha-2; the main one where several share a code and the number doesn't tell; absent for numbers of no country. */
export type PhoneNumber = { readonly number: string; readonly country?: string };

/**
 * In international writing, or in that of `country`. Undefined where no such number can be: too short, too long, of no country that there
 * is, with an extension. Whether somebody has it only a code tells that is sent to it: lists of numbers in use are always out of date.
 */
export function phoneNumberOf(text: string, country?: string): PhoneNumber | undefined {
  if (text.length > PHONE_NUMBER_TEXT_CHARACTERS_MAX) return undefined;
  const spelt = country === undefined ? undefined : countryOf(country);
  // The package's list of countries is its own; one that it doesn't know has no national writing.
  const parsed = parsePhoneNumberFromString(text.normalize('NFKC').trim(), {
    extract: false,
    ...(spelt === undefined ? {} : { defaultCountry: spelt as CountryCode }),
  });
  if (parsed === undefined || !parsed.isPossible() || parsed.ext !== undefined) return undefined;
  // With zeros that no number begins with, each reading drops some: there would be no one form.
  if (parsePhoneNumberFromString(parsed.number)?.number !== parsed.number) return undefined;
  const of = countryOfNumber(parsed);
  return { number: parsed.number, ...(of === undefined ? {} : { country: of }) };
}

const countryOfNumber = (number: Parsed): string | undefined => {
  const country = number.country ?? (number.getPossibleCountries() as readonly (string | undefined)[])[0];
  return country === undefined ? undefined : countryOf(country);
};
