/** E-mail addresses in a log keep their first letter and their domain: `a***@acme.com`. Reports show them whole. */
export function maskEmails(text: string): string {
  return text.replace(
    /([^\s"'`<>()[\],;:=@])[^\s"'`<>()[\],;:=@]*@((?:[\p{L}\p{N}-]+\.)+[\p{L}\p{N}-]+)/gu,
    '$1***@$2',
  );
}
