"""Why a spreadsheet is not taken at all. What is wrong with single rows is a finding, not an error."""

from services.kernel.problems import Conflict, TooLarge, Unprocessable, Unsupported


class NotASpreadsheet(Unsupported):
    """This file is not an .xlsx workbook."""

    detail = "这不是 Excel 工作簿（.xlsx）。请在 Excel 或 WPS 里“另存为”.xlsx 后再上传。"


class MacroWorkbook(Unsupported):
    """This workbook carries macros."""

    detail = "这个文件带有宏（.xlsm），为了安全不能接收。请另存为不带宏的 .xlsx 后再上传。"


class ProtectedWorkbook(Unsupported):
    """This workbook is encrypted, or in the old .xls form."""

    detail = "这个文件设有打开密码，或是旧版 .xls 格式，系统读不出来。请去掉密码并另存为 .xlsx 后再上传。"


class FileTooLarge(TooLarge):
    """This file is larger than what is taken.

    Facts: ``limit_mb``.
    """

    detail = "文件超过 {limit_mb} MB，没有接收。名册通常不到 1 MB，请检查是否夹带了图片或空白行。"


class SuspiciousArchive(Unprocessable):
    """This workbook unpacks to far more than a spreadsheet needs."""

    detail = "这个文件解压后异常庞大，为了安全没有读取。请重新另存一份只含名册内容的 .xlsx。"


class TooManyRows(Unprocessable):
    """This sheet has more rows than a school can have.

    Facts: ``limit``.
    """

    detail = "表格超过 {limit} 行，没有读取。请删除多余的空白行，或分成几个文件上传。"


class WrongSheet(Unprocessable):
    """This is not a sheet of the kind that was asked for.

    Facts: ``kind`` (Chinese label), ``missing`` (header words that were not found), ``sheet``.
    """

    detail = "这不像是“{kind}”表：没有找到表头“{missing_text}”。请核对上传的是不是这种表，表头是否被改动。"


class RowsRejected(Conflict):
    """The file has rows that cannot be taken, so that nothing was written.

    Facts: ``report``.
    """

    detail = "有 {rejected} 行不能导入，所以整个文件都没有写入。请按报告改好再传，或选择只导入没有问题的行。"


class DifferenceChanged(Conflict):
    """What this import would write is no longer what was shown and agreed to.

    Facts: ``difference`` (as it is now).
    """

    detail = "名单在您核对之后又有变化，这次没有写入。请重新核对差异，再确认导入。"


class UnknownKind(Unprocessable):
    """There is no such kind of import."""

    detail = "不支持导入“{kind}”，请重新选择要导入哪种表。"
