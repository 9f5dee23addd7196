"""What starting the backend, talking to it and installing it say."""

from __future__ import annotations

__all__ = ["TEXTS"]

TEXTS = {
    # The backend's process
    "The backend is not installed.": "后端尚未安装。",
    "Install it in Vernissage's preferences, or with --command vernissage install.":
        "请在 Vernissage 的偏好设置中安装，或使用 --command vernissage install。",
    "Correct the environment variable {variable}, or remove it.": "请更正或删除环境变量 {variable}。",
    "The backend's Python {python} does not exist.": "后端的 Python {python} 不存在。",
    "Choose another one in Vernissage's preferences, or leave it empty and press Install.":
        "请在 Vernissage 的偏好设置中另选一个，或留空并点击“安装”。",
    "The backend's Python at {python} cannot be started: {reason}.": "无法启动位于 {python} 的后端 Python：{reason}。",
    "Install or repair the backend in the add-on's preferences.": "请在插件的偏好设置中安装或修复后端。",
    "The Python at {python} cannot run the backend ({end}).": "位于 {python} 的 Python 无法运行后端（{end}）。",
    "The backend was not ready within {seconds} s.": "后端在 {seconds} 秒内未能就绪。",
    "The backend stopped at this step: {stage} ({end}).": "后端在此步骤中停止：{stage}（{end}）。",
    "Try again; if it stops again, choose smaller or fewer views, and look into the log.":
        "请重试；如果再次停止，请减小视图尺寸或减少视图，并查看日志。",
    "The job was cancelled.": "任务已取消。",
    "Something in Vernissage broke: {error}.": "Vernissage 内部出错：{error}。",
    "Report it with the text in Blender's console.": "请附上 Blender 控制台中的文字进行反馈。",

    # The pipe
    "The backend speaks version {theirs} of the protocol, the add-on version {ours}.":
        "后端使用协议版本 {theirs}，插件使用协议版本 {ours}。",
    "Restart Blender. If that does not help, install the extension again.":
        "请重启 Blender。如仍无效，请重新安装此扩展。",
    "The add-on speaks version {theirs} of the protocol, the backend version {ours}.":
        "插件使用协议版本 {theirs}，后端使用协议版本 {ours}。",
    "Restart Blender, so that both are of the same version.": "请重启 Blender，使两者版本一致。",
    "The two ends of the pipe do not understand each other: {line}": "管道两端无法互相理解：{line}",
    "Repair the backend's environment, then restart Blender.": "请修复后端的环境，然后重启 Blender。",
    "There is no request at {path}.": "{path} 处没有请求。",
    "The request at {path} is not UTF-8 text.": "{path} 处的请求不是 UTF-8 文本。",
    "The request is not valid JSON: {error}.": "请求不是有效的 JSON：{error}。",
    "The request is not a JSON object.": "请求不是 JSON 对象。",
    "The request is of an unknown type.": "请求的类型未知。",
    "Allowed: {allowed}.": "可用的类型：{allowed}。",
    "The request does not fit: {error}.": "请求不符合要求：{error}。",
    "The request was written for protocol version {theirs}, this is {ours}.":
        "请求是为协议版本 {theirs} 写的，而当前版本是 {ours}。",
    "Write it again from Blender.": "请从 Blender 重新写入。",
    "Write it again from this version of Vernissage.": "请用当前版本的 Vernissage 重新写入。",
    "Run the job again from Blender.": "请从 Blender 重新运行该任务。",

    # Files and folders
    "Blender's user folder {path} cannot be written.": "无法写入 Blender 的用户文件夹 {path}。",
    "Give yourself the right to write there, or set BLENDER_USER_RESOURCES to a folder of yours.":
        "请为自己授予该处的写入权限，或将 BLENDER_USER_RESOURCES 设为自己的文件夹。",
    "The folder for jobs, {path}, is not an absolute path.": "任务文件夹 {path} 不是绝对路径。",
    "Save the preferences and restart Blender.": "请保存偏好设置并重启 Blender。",
    "The disk is full: {path} could not be written.": "磁盘已满：无法写入 {path}。",
    "Free some space and try again.": "请释放一些空间后重试。",
    "There is no permission to write {path}.": "没有写入 {path} 的权限。",
    "Choose another folder, or change its permissions.": "请另选文件夹，或更改其权限。",
    "{path} does not exist.": "{path} 不存在。",
    "{path} could not be read or written: {reason}.": "无法读写 {path}：{reason}。",
    "Choose another folder, or try again.": "请另选文件夹，或重试。",
    "The file {path} does not exist.": "文件 {path} 不存在。",

    # How the environment stands
    "Not installed": "未安装",
    "Installation not finished": "安装未完成",
    "Its Python is gone": "其中的 Python 已丢失",
    "Made for another version of Vernissage or another device": "为其他版本的 Vernissage 或其他计算设备创建",
    "Not a folder of Vernissage": "不是 Vernissage 的文件夹",
    "Installed": "已安装",

    # Installing
    "Looking for a Python": "查找 Python",
    "Creating the environment": "创建环境",
    "Updating the installer": "更新安装程序",
    "Installing packages": "安装软件包",
    "Installing the words": "安装词汇",
    "Repairing packages": "修复软件包",
    "Checking the backend": "检查后端",
    "The backend works.": "后端工作正常。",
    "The environment is complete and works.": "环境完整且工作正常。",
    "The environment is complete and works: there was nothing to do.": "环境完整且工作正常：无需任何操作。",
    "The installation was cancelled.": "安装已取消。",
    "The installation failed: {error}.": "安装失败：{error}。",
    "The installation failed: {reason}.": "安装失败：{reason}。",
    "Try again. If it fails again, report it with the log.": "请重试。如果再次失败，请附上日志进行反馈。",
    "Install again, or look into the log.": "请重新安装，或查看日志。",
    "The Python at {python} cannot run the backend: {fault}.": "位于 {python} 的 Python 无法运行后端：{fault}。",
    "The environment was installed, but cannot run the backend: {fault}.": "环境已安装，但无法运行后端：{fault}。",
    "Choose another device or another Python, and install again.": "请另选计算设备或 Python，然后重新安装。",
    "The environment's folder {path} is not an absolute path.": "环境文件夹 {path} 不是绝对路径。",
    "Choose a folder in the add-on's preferences.": "请在插件的偏好设置中选择文件夹。",
    "{path} holds files that are not Vernissage's.": "{path} 中含有不属于 Vernissage 的文件。",
    "Choose an empty folder or a new one.": "请选择空文件夹或新文件夹。",
    "{path} has {free} GB free, and the environment needs {needed} GB.":
        "{path} 剩余 {free} GB 空间，而环境需要 {needed} GB。",
    "Free some space, or choose a folder on another disk.": "请释放一些空间，或选择其他磁盘上的文件夹。",
    "No Python 3.11, 3.12 or 3.13 with venv was found on this machine.":
        "在这台电脑上没有找到带 venv 的 Python 3.11、3.12 或 3.13。",
    "Install Python 3.11, 3.12 or 3.13 from python.org (on Debian and Ubuntu: python3-full), or choose one in the "
    "add-on's preferences.":
        "请从 python.org 安装 Python 3.11、3.12 或 3.13（Debian 和 Ubuntu："
        "python3-full），或在插件的偏好设置中选择一个。",
    "The Python at {python} cannot be started: {reason}.": "无法启动位于 {python} 的 Python：{reason}。",
    "Choose another Python in the add-on's preferences, or install again.":
        "请在插件的偏好设置中另选 Python，或重新安装。",
    "The Python at {python} is version {version}: must be 3.11, 3.12 or 3.13.":
        "位于 {python} 的 Python 版本为 {version}：必须是 3.11、3.12 或 3.13。",
    "The Python at {python} lacks venv or ensurepip.": "位于 {python} 的 Python 缺少 venv 或 ensurepip。",
    "{python} is not a Python (exit code {code}).": "{python} 不是 Python（退出代码 {code}）。",
    "The packages could not be downloaded: there is no connection to their server.":
        "无法下载软件包：无法连接到服务器。",
    "Check the internet connection and the proxy, then install again; what was downloaded is kept.":
        "请检查网络连接和代理，然后重新安装；已下载的内容会保留。",
    "The package {package} does not exist for this machine and the Python at {python}.":
        "没有适用于这台电脑和位于 {python} 的 Python 的软件包 {package}。",
    "Choose another device, or another Python from 3.11 to 3.13.": "请另选计算设备，或另选 3.11 至 3.13 的 Python。",
    "The memory was not enough to install the packages.": "内存不足，无法安装软件包。",
    "Close other programs and install again.": "请关闭其他程序后重新安装。",
}
