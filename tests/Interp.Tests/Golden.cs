using System.Buffers.Binary;
using System.Text.Json;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests;

/// <summary>Stored results of the reference tools, in double precision; skipped by name when
/// absent.</summary>
internal sealed class Golden
{
    private const string Folder = "shared/goldens/analyses";
    private readonly byte[] _file;
    private readonly JsonElement _header;
    private readonly int _data;

    private Golden(byte[] file)
    {
        _file = file;
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        _header = JsonDocument.Parse(file.AsMemory(8, length)).RootElement;
        _data = 8 + length;
    }

    public static Golden Open(string name)
    {
        string? path = Find(name);
        Assert.SkipUnless(path is not null, $"{Folder}/{name} is absent");
        return new Golden(File.ReadAllBytes(path!));
    }

    public double[] this[string name]
    {
        get
        {
            JsonElement entry = _header.GetProperty(name);
            Assert.Equal("F64", entry.GetProperty("dtype").GetString());
            int start = entry.GetProperty("data_offsets")[0].GetInt32();
            int end = entry.GetProperty("data_offsets")[1].GetInt32();
            double[] values = new double[(end - start) / sizeof(double)];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = BinaryPrimitives.ReadDoubleLittleEndian(
                    _file.AsSpan(_data + start + (8 * i)));
            }

            return values;
        }
    }

    public Tensor<float> Matrix(string name)
    {
        JsonElement shape = _header.GetProperty(name).GetProperty("shape");
        float[] values = Array.ConvertAll(this[name], value => (float)value);
        return Tensor.From<float>(values, [shape[0].GetInt32(), shape[1].GetInt32()]);
    }

    private static string? Find(string name)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder =
            folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Vitrine.slnx"))
                && folder.Parent is { } above)
            {
                string path = Path.Combine(above.FullName, Folder, name);
                return File.Exists(path) ? path : null;
            }
        }

        return null;
    }
}
