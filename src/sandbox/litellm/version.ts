/** The releases the sandbox can be; each was run and recorded (contracts L§0). */
export const SANDBOX_VERSIONS = ['1.81.13', '1.106.2', '1.109.1'] as const;
export type SandboxVersion = (typeof SANDBOX_VERSIONS)[number];

export function isSandboxVersion(text: string): text is SandboxVersion {
  return (SANDBOX_VERSIONS as readonly string[]).includes(text);
}

export function isAtLeast(version: SandboxVersion, other: SandboxVersion): boolean {
  return SANDBOX_VERSIONS.indexOf(version) >= SANDBOX_VERSIONS.indexOf(other);
}

/** 1.106.2 and 1.109.1: what the contract calls [N]. */
export function isNewer(version: SandboxVersion): boolean {
  return isAtLeast(version, '1.106.2');
}
