import type { CatalogueOf } from '../catalogue.ts';
import type { account as english } from '../en/account.ts';

export const account: CatalogueOf<typeof english> = {
  'account.logIn': '로그인',
  'account.signUp': '가입하기',
  'account.loginName': '로그인 이름',
  'account.name': '이름',
  'account.nameHint': '다른 사람에게 보이는 이름입니다.',
  'account.password': '비밀번호',
  'account.passwordHint': '8자 이상. 단어 몇 개를 이어 쓰면 기억하기 쉽습니다.',
  'account.noAccount': '아직 계정이 없나요?',
  'account.hasAccount': '이미 계정이 있나요?',
  'account.code': '코드',
  'account.codeHint': '인증 앱의 여섯 자리 숫자 또는 복구 코드.',
  'account.secondFactor': '2단계 인증',
  'account.confirm': '확인',
  'account.useKey': '보안 키 사용',
  'account.recoveryCode': '복구 코드',
  'account.recoveryHint': '보안 키 대신 씁니다. 코드마다 한 번만 로그인할 수 있습니다.',
};
