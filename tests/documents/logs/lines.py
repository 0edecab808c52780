"""Lines of logs of each format, written for the tests, and the opening of logs in memory."""

from rao_cli.documents.blob import Blob
from rao_cli.documents.context import Context
from rao_cli.documents.logs.loader import read_log
from rao_cli.documents.model import Document, Facts, Table

LOGS = {
    "access": """\
10.0.0.5 - - [17/May/2015:10:05:03 +0000] "GET /a.png HTTP/1.1" 200 2030 "http://x.org/" "Mozilla/5.0 (X11)"
10.0.0.6 - bob [17/May/2015:10:05:43 +0000] "GET /b?q=1 HTTP/1.1" 404 171 "-" "curl/8"
10.0.0.5 - - [17/May/2015:10:06:47 +0000] "POST /login HTTP/1.0" 500 - "-" "say \\"hi\\""
""",
    "syslog": """\
Mar  7 13:06:56 web1 sshd[1291]: Server listening on 0.0.0.0 port 22.
Mar  7 13:06:59 web1 kernel: eth0: link up
<34>Mar 17 13:07:01 web1 sshd[1300]: Failed password for root from 10.1.1.1 port 40000 ssh2
""",
    "syslog 5424": """\
<34>1 2003-10-11T22:14:15.003Z mail.example.com su - ID47 - 'su root' failed for lonvick on /dev/pts/8
<165>1 2003-10-11T22:14:16.000Z host evntslog 77 ID48 [exampleSDID@32473 iut="3"] An application event
<165>1 2003-10-11T22:14:17.000Z host evntslog 77 ID48 - another
""",
    "syslog iso": """\
2024-01-31T10:00:00.123456+01:00 web1 systemd[1]: Started Session 5 of user root.
2024-01-31T10:00:02.123456+01:00 web1 cron[99]: job done
2024-01-31T10:00:03.123456+01:00 web1 cron[99]: job done
""",
    "apache error": """\
[Sun Dec 04 04:47:44 2005] [notice] workerEnv.init() ok /etc/httpd/conf/workers2.properties
[Sun Dec 04 04:47:45 2005] [error] [client 10.0.0.1] File does not exist: /var/www/x
[Thu Jun 22 11:04:55.123456 2017] [core:error] [pid 123:tid 456] [client 10.0.0.1:80] AH00128: gone
""",
    "nginx error": """\
2015/10/18 18:01:47 [error] 123#0: *1 open() "/usr/share/nginx/html/x" failed, client: 10.0.0.1
2015/10/18 18:01:48 [warn] 123#0: *2 an upstream response is buffered
2015/10/18 18:01:49 [error] 123#0: *3 open() "/usr/share/nginx/html/y" failed, client: 10.0.0.2
""",
    "cbs": """\
2016-09-28 04:30:30, Info                  CBS    Loaded Servicing Stack v6.1.7601.23505
2016-09-28 04:30:31, Info                  CSI    00000001@2016/9/27:20:30:31.455 WcpInitialize
2016-09-28 04:30:32, Error                 CBS    Failed to open package [HRESULT = 0x80070002]
""",
    "android": """\
03-17 16:13:38.811  1702  2395 D WindowManager: printFreezingDisplayLogs opening app wtoken = 9f4ef63
03-17 16:13:38.819  1702  8671 E ActivityManager: appDied: killed 27
03-17 16:13:38.820  1702  8671 D PowerManagerService: acquire lock=233570404
""",
    "spark": """\
17/06/09 20:10:40 INFO executor.CoarseGrainedExecutorBackend: Registered signal handlers for [TERM, HUP]
17/06/09 20:10:41 WARN spark.SecurityManager: Changing view acls to: yarn,curi
17/06/09 20:10:42 INFO storage.BlockManager: Found block rdd_2_0 locally
""",
    "hdfs": """\
081109 203615 148 INFO dfs.DataNode$PacketResponder: PacketResponder 1 for block blk_38865049064139660 terminating
081109 203807 222 INFO dfs.DataNode$PacketResponder: PacketResponder 0 for block blk_-6952295868487656571 done
081109 204005 35 WARN dfs.FSNamesystem: BLOCK* NameSystem.addStoredBlock: 10.251.73.220:50010 is added
""",
    "hadoop": """\
2015-10-18 18:01:47,978 INFO [main] org.apache.hadoop.mapreduce.v2.app.MRAppMaster: Created MRAppMaster
2015-10-18 18:01:48,963 ERROR [Thread-5] org.apache.hadoop.ipc.Server: Connection refused
java.net.ConnectException: Connection refused
\tat java.net.PlainSocketImpl.connect(PlainSocketImpl.java:344)
\t... 12 more
2015-10-18 18:01:49,228 INFO [main] org.apache.hadoop.yarn.Server: Using callQueue class
""",
    "spring": """\
2023-05-01T12:00:00.123Z  INFO 4242 --- [main] com.example.App : Starting App
2023-05-01T12:00:01.123Z  WARN 4242 --- [http-1] com.example.Web : Slow request
2023-05-01T12:00:02.123Z ERROR 4242 --- [http-1] com.example.Web : Failed
""",
    "python": """\
2020-01-01 00:00:00,123 - app.db - INFO - connected in 5 ms
2020-01-01 00:00:01,123 - app.web - ERROR - Unhandled
Traceback (most recent call last):
  File "a.py", line 1, in <module>
ValueError: bad
2020-01-01 00:00:02,123 - app.db - INFO - connected in 6 ms
""",
    "openstack": """\
nova-api.log.1 2017-05-16 00:00:00.008 25746 INFO nova.compute.wsgi.server [req-38101a0b] 10.11.10.1 "GET /v2"
nova-api.log.1 2017-05-16 00:00:00.272 25746 INFO nova.compute.wsgi.server [req-9bc36dd9] 10.11.10.1 "GET /v2"
nova-compute.log.1 2017-05-16 00:00:04.500 2931 WARNING nova.compute.manager [req-3ea4052c] VM Started
""",
    "glog": """\
I0612 10:11:12.123456   12345 server.go:123] Listening on 8080
E0612 10:11:13.123456   12345 server.go:130] cannot accept: closed
I0612 10:11:14.123456   12345 server.go:123] Listening on 8081
""",
    "health": """\
20171223-22:15:29:606|Step_LSC|30002312|onStandStepChanged 3579
20171223-22:15:29:615|Step_LSC|30002312|onExtend:1514038530000 14 0 4
20171224-0:7:20:633|Step_StandReportReceiver|30002312|REPORT : 7007 5002 150089 240
""",
    "dmesg": """\
[    0.000000] Linux version 5.10.0
[    0.120000] usb 1-1: new high-speed USB device
[   12.345678] EXT4-fs (sda1): mounted filesystem
""",
    "iso": """\
2016-12-19T19:27:48.197+0100: 2.151: [GC pause (G1 Evacuation Pause) (young), 0.0140497 secs]
   [Parallel Time: 10.5 ms, GC Workers: 1]
2016-12-19T19:27:49.417+0100: 3.371: [GC pause (G1 Evacuation Pause) (young), 0.0115231 secs]
   [Parallel Time: 9.5 ms, GC Workers: 1]
2016-12-19T19:27:50.020+0100: 3.974: [GC pause (G1 Evacuation Pause) (mixed), 0.0132504 secs]
""",
    "date": """\
[22-Jun-2017 11:04:55] NOTICE: fpm is running, pid 1
[22-Jun-2017 11:04:56] WARNING: child 7 exited
[22-Jun-2017 11:04:57] NOTICE: ready to handle connections
""",
    "json": """\
{"time": "2024-02-28T10:00:00Z", "level": "info", "msg": "request", "path": "/a", "ms": 12.5}
{"time": "2024-02-28T10:00:01Z", "level": "error", "msg": "request", "path": "/b", "ms": 99}
{"time": "2024-02-28T10:00:02Z", "level": "info", "msg": "request", "path": "/a", "http": {"status": 200}}
""",
    "logfmt": """\
time=2024-02-28T10:00:00Z level=info msg="request done" path=/a ms=12
time=2024-02-28T10:00:01Z level=error msg="request failed" path=/b ms=99
time=2024-02-28T10:00:02Z level=info msg="request done" path=/a ms=13
""",
}
"""By format: three records each."""


def opened(text: str | bytes, name: str = "app.log", context: Context | None = None) -> Document:
    """Read a log from memory."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return read_log(Blob.of(data, name, f"logs/{name}"), context or Context())


def value(facts: Facts, name: str) -> str | int | float | None:
    """Return a value of the facts."""
    return dict(facts.values).get(name)


def table(facts: Facts, title: str) -> Table:
    """Return the table whose title starts so."""
    return next(table for table in facts.tables if table.title.startswith(title))


def row(found: Table, first: str | int) -> dict[str, str | int | float]:
    """Return the row of a table whose first cell is given, by its columns."""
    return next(dict(zip(found.columns, cells, strict=True)) for cells in found.rows if cells[0] == first)
