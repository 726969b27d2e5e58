# What the setup scripts share; sourced, with `log` set to the file that keeps what steps say.

say() { printf '%s\n%s\n' "$1" "$2" >&2; }
stop() { say "$1" "$2"; exit 1; }

why() { # tell the reason of a failed step in one sentence, from what it said
  if printf '%s' "$said" | grep -qiE 'no space left|ENOSPC|disk quota|cannot create|permission denied|EACCES'; then
    stop "ディスクの空きがないか、このフォルダーに書き込めません（約 1 GB 必要です）。" \
         "The disk is full or this folder cannot be written (about 1 GB is needed)."
  elif printf '%s' "$said" | grep -qiE 'DO NOT MATCH THE HASHES|EINTEGRITY'; then
    stop "取得した部品が、記録された内容と一致しません。使わずに中止しました（$log）。" \
         "A downloaded package is not the one that was locked; stopped without using it ($log)."
  elif printf '%s' "$said" | grep -qiE 'ensurepip|venv is not available'; then
    stop "この Python には venv がありません（Debian・Ubuntu では python3-venv を入れてください）。" \
         "This Python lacks venv (on Debian and Ubuntu install python3-venv)."
  elif printf '%s' "$said" | grep -qiE 'connection|timed out|resolve host|could not resolve|max retries|proxy|ssl|no matching distribution|ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN|E40[0-9]'; then
    stop "部品の配布元につながらないか、この機種用の部品がありません。ネットワークを確かめて、もう一度実行してください（$log）。" \
         "The package registry cannot be reached or has nothing for this platform; check the network and run this again ($log)."
  fi
  stop "準備に失敗しました。詳しくは $log をご覧ください。" "The setup failed; see $log."
}

run() { # what a step says is kept in memory first: a full disk loses files, not this
  said=$("$@" 2>&1)
  status=$?
  printf '%s\n' "$said" 2>/dev/null >>"$log"
  [ "$status" = 0 ] || why
}
