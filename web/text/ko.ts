/** Korean. Sentences avoid particles behind names and numbers, which depend on how those end. */
import type { Catalogue } from './en.ts';
import { account } from './ko/account.ts';
import { app } from './ko/app.ts';
import { chat } from './ko/chat.ts';
import { feed } from './ko/feed.ts';
import { notifications } from './ko/notifications.ts';
import { people } from './ko/people.ts';
import { settings } from './ko/settings.ts';

export const ko: Catalogue = { ...app, ...account, ...feed, ...people, ...chat, ...notifications, ...settings };

/** What the server refuses people most often, by its code; all else is told in the server's own words. */
export const koProblems: Readonly<Record<string, string>> = {
  'login-failed': '로그인 이름이나 비밀번호가 틀렸습니다.',
  'login-taken': '이미 쓰이는 로그인 이름입니다.',
  'password-too-common': '너무 흔한 비밀번호입니다.',
  'password-has-login-name': '비밀번호에 로그인 이름이 들어 있습니다.',
  'name-empty': '이름을 입력하세요.',
  'second-factor-wrong': '코드가 틀렸거나 이미 쓰였습니다.',
  'login-ticket-invalid': '시간이 지났습니다. 다시 로그인하세요.',
  'post-empty': '내용을 입력하세요.',
  'post-too-long': '글이 너무 깁니다.',
  'post-unknown': '없는 글입니다.',
  'person-unknown': '없는 사람입니다.',
  'channel-unknown': '없는 대화입니다.',
  'friend-request-pending': '이미 요청을 보냈습니다.',
  'rate-limited': '요청이 너무 많습니다. 잠시 뒤에 다시 시도하세요.',
  blocked: '차단된 사이입니다.',
  'password-wrong': '비밀번호가 틀렸습니다.',
  'name-too-long': '이름이 너무 깁니다.',
  'about-too-long': '소개가 너무 깁니다.',
  'code-invalid': '코드가 틀렸거나 시간이 지났습니다.',
  'phone-number-invalid': '올바른 전화번호가 아닙니다.',
  'second-factor-unknown': '제때 확인하지 않아 사라졌습니다. 다시 추가하세요.',
  'second-factors-full': '2단계 인증 수단을 더 추가할 수 없습니다. 먼저 하나를 삭제하세요.',
  'session-unknown': '이미 로그아웃된 기기입니다.',
  'preferences-full': '선택한 항목이 너무 많습니다.',
  'quiet-hours-invalid': '시작과 종료 시간을 다르게 정하세요.',
  'notification-unknown': '없는 알림입니다.',
  'session-ended': '로그아웃되었습니다. 다시 로그인하세요.',
  'token-expired': '로그인 기간이 끝났습니다. 다시 로그인하세요.',
};
