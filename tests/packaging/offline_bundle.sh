#!/bin/sh
# Installs a bundle where there is no network, from a path with blanks, brackets and Chinese, and settles a quarter with it.
set -e
zip=$(realpath "$1")
if (ip route get 192.0.2.1 || ping -c 1 -W 1 192.0.2.1) >/dev/null 2>&1; then
    echo "there is a network: run me as  unshare --map-root-user --net sh $0 BUNDLE.zip" >&2
    exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/合管办 U 盘 (1)"
cd "$work/合管办 U 盘 (1)"
python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall()' "$zip"
home=$(echo "$PWD"/onestop-*)
sh "$home/install.sh"
onestop() { sh "$home/app/bin/onestop" "$@"; }
onestop init "../结 算" --name 示例县 --code 6399 </dev/null
cd "../结 算"
cp "$home/示例县/hospitals/"* 收件箱/住院/
cp "$home/示例县/roster/"* 收件箱/花名册/
cp "$home/示例县/register.csv" 定点机构名册.csv
onestop reconcile --period 2010Q4 --quiet
onestop publish 结果/2010Q4 --out 公示/2010Q4 --pdf
test -s 结果/2010Q4/结算/县级结算汇总.xlsx
test -s 公示/2010Q4/manifest.json
onestop
echo "offline bundle: installed and ran"
