#!/bin/bash
# A login at an ePortal in the manner of students' scripts: for campuses that take the password in
# the clear. Usage: portal_script.sh USER PASSWORD
while true; do
    # The gateway's answer is one line of script, with the page's address in quotes.
    page=$(curl -s -m 5 http://123.123.123.123/ | awk -F "'" '{print $2}')
    if [ -n "$page" ]; then
        query=${page#*\?} query=${query//%/%2525} query=${query//&/%2526} query=${query//=/%253D}
        answer=$(curl -s -m 5 -A 'Mozilla/5.0 (X11; Linux x86_64)' \
            -d "userId=$1&password=$2&service=&queryString=$query&operatorPwd=&operatorUserId=&validcode=&passwordEncrypt=false" \
            "${page%index.jsp*}InterFace.do?method=login")
        echo "$answer"
    fi
    sleep 5
done
