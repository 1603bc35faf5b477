using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Vitrine.Peers;

/// <summary>Writes what was measured, with machine, date and commit, as a table and as
/// JSON.</summary>
internal sealed class Report(string name)
{
    private static readonly JsonSerializerOptions Options =
        new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly StringBuilder _table = new();
    private readonly List<object> _rows = [];

    public void Line(string line = "")
    {
        Console.WriteLine(line);
        _table.Append(line).Append('\n');
    }

    public void Row(object row) => _rows.Add(row);

    public static double Median(List<double> values) =>
        values.Order().ElementAt(values.Count / 2);

    /// <summary>Writes <c>benchmarks/results</c>, unless only a part was measured.</summary>
    public void Write(bool unless)
    {
        if (unless)
        {
            return;
        }

        string folder = Path.Combine(
            AppContext.BaseDirectory, "../../../../benchmarks/results");
        Directory.CreateDirectory(folder);
        string commit = Output("git", "rev-parse --short HEAD");
        (string machine, int cores) = (Processor(), Environment.ProcessorCount);
        string date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string head = $"Machine: {machine}, {cores} cores; .NET {Environment.Version}; "
            + "TorchSharp 0.107.0 with libtorch 2.10.0 (CPU). "
            + $"Date: {date}. Commit: {commit}.\n\n";
        File.WriteAllText(Path.Combine(folder, name + ".md"), $"# {name}\n\n{head}{_table}");
        File.WriteAllText(
            Path.Combine(folder, name + ".json"),
            JsonSerializer.Serialize(
                new { machine, cores, date, commit, rows = _rows }, Options) + "\n");
    }

    private static string Processor()
    {
        string file = "/proc/cpuinfo";
        string? line = File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(
                text => text.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? "unknown";
    }

    private static string Output(string program, string arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().Trim();
    }
}
