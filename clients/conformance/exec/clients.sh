# Asks each address that it is given by curl, and prints what came of it. It knows of no mock.
for url; do
  body=$(curl -sS -w '\n%{http_code}' "$url" 2>&1)
  status=$(printf '%s' "$body" | tail -n 1 | sed 's/^0*\(.\)/\1/')
  text=$(printf '%s' "$body" | sed '$d' | tr '\n' ' ' | sed 's/\\/\\\\/g; s/"/\\"/g')
  printf '{"client": "curl", "url": "%s", "status": %s, "body": "%s"}\n' "$url" "$status" "$text"
done
