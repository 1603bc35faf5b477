using System.Buffers.Binary;
using System.Text;
using Vitrine.Models.Checkpoints;

namespace Vitrine.Fuzz;

/// <summary>How a file is damaged.</summary>
internal enum Form
{
    /// <summary>As bytes alone.</summary>
    Plain,

    /// <summary>As one JSON text.</summary>
    Json,

    /// <summary>As lines of JSON.</summary>
    Lines,

    /// <summary>The header of a safetensors file, or any byte.</summary>
    SafeTensors,

    /// <summary>The same, with a checksum that fits the damage.</summary>
    Signed,

    /// <summary>Whole numbers of a binary file, or any byte.</summary>
    Binary,
}

/// <summary>A file that is read, and how.</summary>
/// <param name="Name">For <c>--only</c>.</param>
/// <param name="Path">The file.</param>
/// <param name="Form">How it is damaged.</param>
/// <param name="Read">Reads it.</param>
internal sealed record Target(string Name, string Path, Form Form, Action Read)
{
    /// <summary>The file before it is damaged.</summary>
    public byte[] Whole { get; } = File.ReadAllBytes(Path);

    /// <summary>The file damaged in a way that the random numbers decide.</summary>
    public byte[] Damaged(Random random) => Form switch
    {
        Form.Json when random.Next(3) > 0 =>
            JsonMutation.Text(Whole, random) ?? Mutation.Bytes(Whole, random),
        Form.Lines when random.Next(3) > 0 => Line(random),
        Form.SafeTensors or Form.Signed => Header(random),
        Form.Binary when random.Next(3) > 0 => Mutation.Integers(Whole, random),
        Form.Json or Form.Lines when random.Next(2) == 0 => Mutation.Number(Whole, random),
        _ => Mutation.Bytes(Whole, random),
    };

    private byte[] Line(Random random)
    {
        string[] lines = Encoding.UTF8.GetString(Whole).Split('\n');
        int line = random.Next(lines.Length);
        lines[line] = Encoding.UTF8.GetString(
            JsonMutation.Text(Encoding.UTF8.GetBytes(lines[line]), random) ?? "null"u8);
        return Encoding.UTF8.GetBytes(string.Join('\n', lines));
    }

    private byte[] Header(Random random)
    {
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(Whole);
        byte[] header = Whole[8..(8 + length)];
        byte[] data = Whole[(8 + length)..];
        header = random.Next(5) switch
        {
            0 => Mutation.Bytes(header, random),
            1 => Mutation.Number(header, random),
            2 => header,
            _ => JsonMutation.Text(header, random) ?? header,
        };
        data = random.Next(4) == 0 ? Mutation.Bytes(data, random) : data;
        byte[] file = [.. BitConverter.GetBytes((long)header.Length), .. header, .. data];
        if (random.Next(10) == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(file, random.NextInt64(-1, 1L << 40));
        }

        return Form == Form.Signed ? Signed(file, header.Length) : file;
    }

    private byte[] Signed(byte[] file, int headerLength)
    {
        int digits = Checksum.Find(file.AsSpan(8, headerLength));
        if (digits >= 0)
        {
            file.AsSpan(8 + digits, 64).Fill((byte)'0');
            string hash = Convert.ToHexStringLower(
                System.Security.Cryptography.SHA256.HashData(file));
            Encoding.ASCII.GetBytes(hash).CopyTo(file, 8 + digits);
        }

        return file;
    }
}
