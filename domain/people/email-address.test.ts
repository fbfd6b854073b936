import test from 'ava';
import fc from 'fast-check';
import { EMAIL_ADDRESS_MAX_BYTES, emailAddressKey, parseEmailAddress } from './email-address.ts';

const TAKEN: Readonly<Record<string, string>> = {
  'ann@example.org': 'ann@example.org',
  'Ann.Lee@Example.ORG': 'Ann.Lee@example.org',
  'ann@xn--e1afmkfd.xn--p1ai': 'ann@xn--e1afmkfd.xn--p1ai',
  'ann@пример.рф': 'ann@xn--e1afmkfd.xn--p1ai',
  'ann@ПРИМЕР.рф': 'ann@xn--e1afmkfd.xn--p1ai',
  'ann@bücher.example': 'ann@xn--bcher-kva.example',
  'ann@bu\u0308cher.example': 'ann@xn--bcher-kva.example',
  'ann@例え。テスト': 'ann@xn--r8jz45g.xn--zckzah',
  'ann@straße.example': 'ann@xn--strae-oqa.example',
  'jörg@bücher.example': 'jörg@xn--bcher-kva.example',
  'jo\u0308rg@example.org': 'jörg@example.org',
  '用户@例子.广告': '用户@xn--fsqu00a.xn--4rr70v',
  'می\u200cخواهم@example.org': 'می\u200cخواهم@example.org',
  'r&d@example.org': 'r&d@example.org',
  'a=b@example.org': 'a=b@example.org',
  'first/last@example.org': 'first/last@example.org',
  '#1@example.org': '#1@example.org',
  "o'brien@example.org": "o'brien@example.org",
  'ann+boats@example.org': 'ann+boats@example.org',
  '!$%*-?^_`{|}~@example.org': '!$%*-?^_`{|}~@example.org',
  '1@1.example': '1@1.example',
  [`${'a'.repeat(64)}@example.org`]: `${'a'.repeat(64)}@example.org`,
  [`ann@${'a'.repeat(63)}.example`]: `ann@${'a'.repeat(63)}.example`,
};

for (const [address, stored] of Object.entries(TAKEN)) test(`takes ${address.slice(0, 40)}`, (t) => t.is(parseEmailAddress(address), stored));

const REFUSED: Readonly<Record<string, string>> = {
  nothing: '',
  'no domain': 'ann',
  'an empty domain': 'ann@',
  'nothing before the @': '@example.org',
  'a host of this machine': 'ann@localhost',
  'an empty label': 'ann@example..org',
  'a dot at the end of the domain': 'ann@example.org.',
  'a label that begins with a hyphen': 'ann@-example.org',
  'a label that ends with one': 'ann@example-.org',
  'a label with an underscore': 'ann@my_host.org',
  'a label of 64 characters': `ann@${'a'.repeat(64)}.example`,
  'a port': 'ann@example.org:25',
  'a path': 'ann@example.org/x',
  'an escaped domain': 'ann@ex%61mple.org',
  'a numeric host': 'ann@192.0.2.1',
  'a numeric host in brackets': 'ann@[192.0.2.1]',
  'a number as the last label': 'ann@example.1',
  'a malformed label in Punycode': 'ann@xn--iñvalid.example',
  'a space': 'a b@example.org',
  'a space around it': ' ann@example.org',
  'a second line': 'ann@example.org\nBcc: eve@example.org',
  'a line break before the @': 'ann\r\n@example.org',
  NUL: 'an\0n@example.org',
  'dots in a row': 'a..b@example.org',
  'a dot at the beginning': '.ann@example.org',
  'a dot before the @': 'ann.@example.org',
  'a quoted name': '"a b"@example.org',
  'a comma': 'a,b@example.org',
  brackets: '<ann@example.org>',
  'a second @': 'ann@lee@example.org',
  'a zero width space': 'an\u200bn@example.org',
  'an override of direction': 'ann\u202e@example.org',
  'a Hangul filler': '\u3164@example.org',
  'half a surrogate pair': 'ann\ud83d@example.org',
  '65 bytes before the @': `${'a'.repeat(65)}@example.org`,
  '65 bytes in 33 characters': `${'é'.repeat(32)}a@example.org`,
  'too long as a whole': `${'a'.repeat(64)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.example`,
};

for (const [name, address] of Object.entries(REFUSED)) test(`refuses ${name}`, (t) => t.is(parseEmailAddress(address), undefined));

test('the same address in another case or another spelling of its domain has the same key', (t) => {
  const keys = ['Jörg@Bücher.Example', 'jörg@xn--bcher-kva.example', 'JÖRG@XN--BCHER-KVA.EXAMPLE', 'jo\u0308rg@bücher。example'].map(emailAddressKey);
  t.deepEqual(new Set(keys), new Set(['jörg@xn--bcher-kva.example']));
  t.not(emailAddressKey('ann+boats@example.org'), emailAddressKey('ann@example.org'));
});

test('an address that was taken before has the key that it had', (t) => {
  for (const address of ['Ann@Example.ORG', 'o.brien+x@mail.example.org', "O'Brien@Example.org"]) t.is(emailAddressKey(address), address.trim().toLowerCase());
});

test('what is taken is taken again as it is stored, and no longer than it may be', (t) => {
  const lettersOr = (other: fc.Arbitrary<string>) =>
    fc.oneof({ weight: 9, arbitrary: fc.constantFrom('a', 'Z', 'é', 'e\u0301', '한') }, { weight: 1, arbitrary: other });
  const local = fc.array(lettersOr(fc.constantFrom('.', '-', '&', '😀', '@', '\u200c', ' ')), { minLength: 1, maxLength: 20 });
  const domain = fc.array(lettersOr(fc.constantFrom('.', '-', '@', '\u200c', ' ')), { minLength: 1, maxLength: 10 });
  let taken = 0;
  fc.assert(
    fc.property(local, domain, (name, host) => {
      const stored = parseEmailAddress(`${name.join('')}@${host.join('')}.org`);
      if (stored === undefined) return;
      taken++;
      t.is(parseEmailAddress(stored), stored);
      t.true(Buffer.byteLength(stored) <= EMAIL_ADDRESS_MAX_BYTES);
      t.is(emailAddressKey(stored), emailAddressKey(stored.toUpperCase()));
    }),
    { numRuns: 300, examples: [[['a'], ['a']]] },
  );
  t.true(taken > 1, `of 300 addresses ${taken} were taken`);
});
