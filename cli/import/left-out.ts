/** Why something was not imported: the codes of reports, which don't change, and a sentence for each. Beside these, the codes of refusals. */
export const LEFT_OUT_REASONS = {
  boost: 'What somebody else wrote and was passed on is not imported.',
  'direct-message': 'It was for some people alone, and is published to nobody.',
  'no-post': 'It is neither a post nor a poll.',
  malformed: 'It does not have the form of a post.',
  'no-time': 'It does not say when it was published, or a time before 1970.',
  'in-the-future': 'It says a time in the future.',
  'too-long': 'It is longer than a post may be.',
  empty: 'It has neither text nor a picture.',
  twice: 'It is in the file twice.',
  'replied-to': 'It replies to a post that is not imported, and is a post of its own here.',
  'no-file': 'The archive does not have the file of a picture.',
  'too-large': 'A picture or video is too large.',
  'too-many-pictures': 'It has more pictures than a post may have.',
  'no-pictures': 'Pictures are not imported, as was asked.',
  'pictures-only': 'It has no text, and none of its pictures could be imported.',
  'no-address': 'The line has no address in it.',
  oneself: 'Nobody follows themselves.',
  elsewhere: 'There is nobody here with this address, which is one of another server.',
  nobody: 'There is nobody here with this login name.',
  'no-login-name': 'The line has no login name in it.',
  'no-name': 'The line has no name in it.',
} as const;

export type LeftOutReason = keyof typeof LEFT_OUT_REASONS;
