import test from 'ava';
import fc from 'fast-check';
import { getCountries, getExampleNumber } from 'libphonenumber-js/min';
import examples from 'libphonenumber-js/mobile/examples';
import { countryOf } from '../../domain/shared/country.ts';
import { phoneNumberOf } from './phone-number.ts';

/** Ascension and Tristan da Cunha, which dial like St Helena: ISO reserves their codes for postal unions alone. */
const OF_NO_ISO_COUNTRY: readonly string[] = ['AC', 'TA'];

test('a number in international writing is brought to its one form, with its country', (t) => {
  for (const text of ['+4930123456', '+49 (0)30 123456', '+49-30/12 34 56', ' +49 30 123456 ', '＋４９３０１２３４５６'])
    t.deepEqual(phoneNumberOf(text), { number: '+4930123456', country: 'DE' }, text);
  t.deepEqual(phoneNumberOf('+38344123456'), { number: '+38344123456', country: 'XK' });
});

test('a number in national writing needs its country', (t) => {
  t.is(phoneNumberOf('030 123456'), undefined);
  t.deepEqual(phoneNumberOf('030 123456', 'DE'), { number: '+4930123456', country: 'DE' });
  t.deepEqual(phoneNumberOf('(415) 555-2671', 'us'), { number: '+14155552671', country: 'US' });
  t.is(phoneNumberOf('030 123456', 'ZZ'), undefined);
});

test('of countries that share a code the number tells which, else it is the main one’s', (t) => {
  t.is(phoneNumberOf('+14165550123')?.country, 'CA');
  t.is(phoneNumberOf('+77011234567')?.country, 'KZ');
  t.is(phoneNumberOf('+15550001111')?.country, 'US');
  t.is(phoneNumberOf('+447700900000')?.country, 'GB');
  t.deepEqual(phoneNumberOf('+80012345678'), { number: '+80012345678' });
});

test('what can’t be a number is none', (t) => {
  for (const text of ['', '+', '+12', '+999123456789', '+1415555267100', '+1 415 555 2671 ext 5', 'tel:+14155552671', 'call +14155552671 now', '1'.repeat(100)])
    t.is(phoneNumberOf(text), undefined, text);
});

test('every country’s example is a number of that country, in either writing', (t) => {
  for (const country of getCountries().filter((one) => !OF_NO_ISO_COUNTRY.includes(one))) {
    const example = getExampleNumber(country, examples);
    if (example === undefined) continue;
    t.is(countryOf(country), country);
    t.is(phoneNumberOf(example.formatNational(), country)?.number, example.number, country);
    t.is(phoneNumberOf(example.formatInternational())?.number, example.number, country);
  }
});

test('a number in its one form stays as it is', (t) => {
  fc.assert(
    fc.property(fc.stringMatching(/^\+[1-9][0-9]{6,14}$/), (text) => {
      const parsed = phoneNumberOf(text);
      if (parsed !== undefined) t.is(phoneNumberOf(parsed.number)?.number, parsed.number);
    }),
    { numRuns: 100 },
  );
  t.pass();
});
