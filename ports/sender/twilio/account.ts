/** `from`: a number in E.164, or a messaging service (`MG…`). The token signs callbacks too. */
export type TwilioAccount = { readonly name: string; readonly accountSid: string; readonly authToken: string; readonly from: string };
