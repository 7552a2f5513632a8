/** Whether a text may be a Kubernetes manifest. Guesses from its words, without parsing it. */
export function isManifest(text: string): boolean {
  return /\bapiVersion\b/.test(text) && mayHoldTemplates(text);
}

/**
 * Whether the text may say that it is a kind with a pod template, or a list. Such a kind may also come from an alias
 * or from a template, and the name of the field from an explicit key.
 */
export function mayHoldTemplates(text: string): boolean {
  return (
    /\bkind\b/.test(text) &&
    /\bkind["']?(?:\s|#.*\n)*:(?:\s|#.*\n|[&!]\S*\s)*(?:\*|[|>]|["']?(?:Pod|PodTemplate|ReplicationController|Deployment|StatefulSet|DaemonSet|ReplicaSet|Job|CronJob|\w*List)\b)/.test(
      text,
    )
  );
}
